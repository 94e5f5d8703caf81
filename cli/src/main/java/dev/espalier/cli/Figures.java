package dev.espalier.cli;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Numbers as people read them.
final class Figures {
    private Figures() {}

    /// `25 502 912`: groups of three, which no locale takes for a decimal point.
    static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value).replace(',', ' ');
    }

    /// `97.8 MB`, in powers of ten, as file managers and registries count; bytes below a thousand.
    static String bytes(long value) {
        if (value < 1000) {
            return value + " B";
        }
        double scaled = value;
        int unit = -1;
        do {
            scaled /= 1000;
            unit++;
        } while (scaled >= 999.95 && unit < 3);
        return String.format(Locale.ROOT, scaled < 9.995 ? "%.2f %sB" : "%.1f %sB", scaled, "kMGT".charAt(unit));
    }

    /// `29.50`, in percent of what it was; it may have become larger.
    static String percentOf(long now, long before) {
        return before == 0 ? "-" : String.format(Locale.ROOT, "%.2f", 100.0 * now / before);
    }

    /// `90.00`, in percent of a whole; what is not quite all or nothing does not look so.
    static String percent(long part, long whole) {
        if (whole == 0 || part == 0) {
            return "0";
        }
        if (part == whole) {
            return "100";
        }
        double share = 100.0 * part / whole;
        return String.format(Locale.ROOT, "%.2f", Math.clamp(share, 0.01, 99.99));
    }

    /// `0.3937`, a share in percent; `-` if there is none.
    static String error(@Nullable Double share) {
        return share == null ? "-" : String.format(Locale.ROOT, "%.4f", 100 * share);
    }

    /// A share of a whole in percent, which does not look like all or nothing unless it is; `-` if there is none.
    static String share(@Nullable Double share) {
        if (share == null || share == 0) {
            return ratio(share);
        }
        return share == 1 ? "100" : ratio(Math.min(share, 0.9999));
    }

    /// A ratio in percent, which may exceed 100; `-` if there is none.
    static String ratio(@Nullable Double ratio) {
        if (ratio == null) {
            return "-";
        }
        return ratio == 0 ? "0" : String.format(Locale.ROOT, "%.2f", Math.max(100 * ratio, 0.01));
    }

    /// A number that JSON can hold; null for those that it cannot.
    static @Nullable Double orNull(double value) {
        return Double.isFinite(value) ? value : null;
    }

    /// `0.0152`, `3.05e-05`: three digits.
    static String real(double value) {
        if (value == 0) {
            return "0";
        }
        double size = Math.abs(value);
        return size >= 1e-4 && size < 1e6
                ? new BigDecimal(value)
                        .round(new MathContext(3))
                        .stripTrailingZeros()
                        .toPlainString()
                : String.format(Locale.ROOT, "%.3g", value).replaceFirst("\\.?0*e", "e");
    }
}
