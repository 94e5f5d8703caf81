package dev.espalier.run.data;

import dev.espalier.sparse.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What is done to images and arrays before a model sees them, in this order: resize, crop, reverse the channels,
/// multiply by the scale, subtract the mean, divide by the standard deviation.
///
/// @param scale 1 for none
/// @param mean per channel, or one for all; empty for none
/// @param std per channel, or one for all; empty for none
/// @param isChannelLast whether channels are the last axis of a row, not the first
/// @param isBgr whether the channels are reversed, RGB to BGR
/// @param resize the shorter side in pixels; empty for none
/// @param crop side of the square from the middle; empty for none
public record Preprocess(
        double scale,
        List<Double> mean,
        List<Double> std,
        boolean isChannelLast,
        boolean isBgr,
        Optional<Integer> resize,
        Optional<Integer> crop) {
    private static final long MOST_ELEMENTS = 1L << 28;

    /// Nothing is done.
    public static final Preprocess NONE =
            new Preprocess(1, List.of(), List.of(), false, false, Optional.empty(), Optional.empty());

    /// Parses `scale=1/255,mean=.485:.456:.406,std=.229:.224:.225,resize=256,crop=224,layout=nhwc,bgr`, each part
    /// optional.
    ///
    /// @throws IllegalArgumentException if it is not of that form
    public static Preprocess parse(String text) {
        Preprocess result = NONE;
        for (String part : text.split(",", -1)) {
            int sign = part.indexOf('=');
            String key = sign < 0 ? part.strip() : part.substring(0, sign).strip();
            result = result.with(key, sign < 0 ? null : part.substring(sign + 1).strip());
        }
        return result;
    }

    private Preprocess with(String key, @Nullable String value) {
        if (key.equals("bgr") && value == null) {
            return new Preprocess(scale, mean, std, isChannelLast, true, resize, crop);
        }
        if (value == null) {
            throw unknown(key);
        }
        return switch (key) {
            case "scale" -> new Preprocess(number(value), mean, std, isChannelLast, isBgr, resize, crop);
            case "mean" -> new Preprocess(scale, numbers(value), std, isChannelLast, isBgr, resize, crop);
            case "std" -> new Preprocess(scale, mean, nonZero(numbers(value)), isChannelLast, isBgr, resize, crop);
            case "resize" -> new Preprocess(scale, mean, std, isChannelLast, isBgr, pixels(key, value), crop);
            case "crop" -> new Preprocess(scale, mean, std, isChannelLast, isBgr, resize, pixels(key, value));
            case "layout" -> new Preprocess(scale, mean, std, isLast(value), isBgr, resize, crop);
            default -> throw unknown(key);
        };
    }

    private static IllegalArgumentException unknown(String key) {
        return new IllegalArgumentException("'" + key
                + "' is no part of it: there are scale=, mean=, std=, resize=, crop=, layout=nchw|nhwc and bgr");
    }

    private static boolean isLast(String layout) {
        return switch (layout) {
            case "nchw" -> false;
            case "nhwc" -> true;
            default -> throw new IllegalArgumentException("the layout is nchw or nhwc, not '" + layout + "'");
        };
    }

    private static Optional<Integer> pixels(String key, String value) {
        try {
            int pixels = Integer.parseInt(value);
            if (pixels > 0 && pixels <= 1 << 14) {
                return Optional.of(pixels);
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(key + " is a number of pixels, not '" + value + "'", e);
        }
        throw new IllegalArgumentException(key + " is a number of pixels, not '" + value + "'");
    }

    private static List<Double> numbers(String value) {
        return Arrays.stream(value.split(":", -1)).map(Preprocess::number).toList();
    }

    private static List<Double> nonZero(List<Double> numbers) {
        if (numbers.contains(0.0) || numbers.contains(-0.0)) {
            throw new IllegalArgumentException("a standard deviation of 0");
        }
        return numbers;
    }

    private static double number(String text) {
        try {
            int line = text.indexOf('/');
            double number = line < 0
                    ? Double.parseDouble(text)
                    : Double.parseDouble(text.substring(0, line)) / Double.parseDouble(text.substring(line + 1));
            if (Double.isFinite(number)) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' is no number and no fraction like 1/255", e);
        }
        throw new IllegalArgumentException("'" + text + "' is not a finite number");
    }

    /// Whether the size of an image is changed.
    boolean hasGeometry() {
        return resize.isPresent() || crop.isPresent();
    }

    /// An image resized and cropped; empty if it is smaller than the crop.
    Optional<Planes> geometry(Planes planes) {
        Planes resized = resize.map(planes::resized).orElse(planes);
        if (crop.isEmpty()) {
            return Optional.of(resized);
        }
        int side = crop.get();
        return side > resized.width() || side > resized.height()
                ? Optional.empty()
                : Optional.of(resized.cropped(side));
    }

    /// The shape of a row after it is resized and cropped; empty if it is no image, or smaller than the crop.
    Optional<Shape> shape(Shape row) {
        if (!hasGeometry()) {
            return Optional.of(row);
        }
        if (row.rank() < 2 || row.rank() > 3 || row.elementCount() == 0 || row.elementCount() > MOST_ELEMENTS) {
            return Optional.empty();
        }
        return geometry(Planes.of(new double[(int) row.elementCount()], row, isChannelLast, false))
                .map(planes -> row.rank() == 2
                        ? Shape.of(planes.height(), planes.width())
                        : isChannelLast
                                ? Shape.of(planes.height(), planes.width(), row.dim(2))
                                : Shape.of(row.dim(0), planes.height(), planes.width()));
    }

    /// Whether it changes no element of an array.
    boolean keepsElements() {
        return scale == 1 && mean.isEmpty() && std.isEmpty() && !isBgr;
    }

    /// Whether means, deviations and channels fit rows of this shape.
    boolean fits(Shape row) {
        long channels = channels(row);
        return (mean.size() <= 1 || mean.size() == channels)
                && (std.size() <= 1 || std.size() == channels)
                && (!isBgr || row.rank() == 3);
    }

    long channels(Shape row) {
        return row.rank() == 0 ? 1 : row.dim(isChannelLast ? -1 : 0);
    }

    /// Changes the elements of one row in place: all but the size of an image.
    void apply(double[] row, Shape shape) {
        if (keepsElements()) {
            return;
        }
        int channels = (int) channels(shape);
        int plane = channels == 0 ? 0 : row.length / channels;
        if (isBgr) {
            reverse(row, channels, plane);
        }
        for (int c = 0; c < channels; c++) {
            double subtract = mean.isEmpty() ? 0 : mean.get(mean.size() == 1 ? 0 : c);
            double divide = std.isEmpty() ? 1 : std.get(std.size() == 1 ? 0 : c);
            int step = isChannelLast ? channels : 1;
            int at = isChannelLast ? c : c * plane;
            for (int i = 0; i < plane; i++, at += step) {
                row[at] = (row[at] * scale - subtract) / divide;
            }
        }
    }

    private void reverse(double[] row, int channels, int plane) {
        for (int i = 0; i < plane; i++) {
            for (int low = 0, high = channels - 1; low < high; low++, high--) {
                int a = isChannelLast ? i * channels + low : low * plane + i;
                int b = isChannelLast ? i * channels + high : high * plane + i;
                double kept = row[a];
                row[a] = row[b];
                row[b] = kept;
            }
        }
    }
}
