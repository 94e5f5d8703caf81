package dev.espalier.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/// Where a command writes: the result to `out`, everything else to `err`.
///
/// @param out the result
/// @param err progress, warnings and errors
/// @param columns how wide the terminal that shows `out` is; 0 if it is no terminal
/// @param showsProgress whether `err` is a terminal
record Console(PrintStream out, PrintStream err, int columns, boolean showsProgress) {
    private static final int BUFFER = 1 << 16;

    /// The process's own streams, in UTF-8. Java cannot ask which of them are terminals; the launcher does.
    static Console ofProcess() {
        return new Console(
                utf8(new FileOutputStream(FileDescriptor.out)),
                utf8(new FileOutputStream(FileDescriptor.err)),
                Integer.getInteger("espalier.columns", 0),
                Boolean.getBoolean("espalier.progress"));
    }

    private static PrintStream utf8(OutputStream stream) {
        return new PrintStream(new BufferedOutputStream(stream, BUFFER), false, StandardCharsets.UTF_8);
    }

    void flush() {
        out.flush();
        err.flush();
    }
}
