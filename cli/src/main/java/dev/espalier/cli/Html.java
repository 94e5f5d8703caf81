package dev.espalier.cli;

/// Text in HTML and SVG. Every text from outside goes through [#escape].
final class Html {
    private Html() {}

    /// A text as the content of an element or of a quoted attribute: nothing in it ends either.
    static String escape(String text) {
        StringBuilder escaped = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.append(Character.isISOControl(c) && c != '\n' ? '?' : c);
            }
        }
        return escaped.toString();
    }
}
