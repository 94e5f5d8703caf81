package dev.espalier.run.data;

import dev.espalier.sparse.Shape;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;

/// An image as one plane of numbers for each channel: bytes, from 0 to 255, or any others.
final class Planes {
    private final float[][] channels;
    private final int width;
    private final int height;
    private final boolean isBytes;

    private Planes(float[][] channels, int width, int height, boolean isBytes) {
        this.channels = channels;
        this.width = width;
        this.height = height;
        this.isBytes = isBytes;
    }

    /// An array as an image.
    ///
    /// @param shape channels, height, width; height, width, channels; or height, width of one channel
    /// @param isBytes whether what is computed is rounded, as it is when bytes are
    static Planes of(double[] row, Shape shape, boolean isChannelLast, boolean isBytes) {
        boolean isPlane = shape.rank() == 2;
        int count = isPlane ? 1 : (int) shape.dim(isChannelLast ? 2 : 0);
        int first = isPlane || isChannelLast ? 0 : 1;
        int height = (int) shape.dim(first);
        int width = (int) shape.dim(first + 1);
        float[][] channels = new float[count][width * height];
        for (int c = 0; c < count; c++) {
            for (int i = 0; i < width * height; i++) {
                channels[c][i] = (float) row[isChannelLast ? i * count + c : c * width * height + i];
            }
        }
        return new Planes(channels, width, height, isBytes);
    }

    /// Writes the numbers as [#of] reads them.
    void copyTo(double[] row, boolean isChannelLast) {
        for (int c = 0; c < channels.length; c++) {
            for (int i = 0; i < width * height; i++) {
                row[isChannelLast ? i * channels.length + c : c * width * height + i] = channels[c][i];
            }
        }
    }

    /// @param count 3 for red, green, blue; 1 for grey, which of a coloured image is its luma (ITU-R BT.601)
    static Planes of(BufferedImage image, int count) {
        int width = image.getWidth();
        int height = image.getHeight();
        float[][] channels = new float[count][width * height];
        Raster raster = image.getRaster();
        // Grey is taken as it is stored: Java's conversion to RGB would change it.
        boolean isGrey = raster.getNumBands() == 1 && image.getColorModel().getPixelSize() == 8 && !isIndexed(image);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int rgb = isGrey ? raster.getSample(x, y, 0) * 0x010101 : image.getRGB(x, y);
                int red = (rgb >> 16) & 0xFF;
                int green = (rgb >> 8) & 0xFF;
                int blue = rgb & 0xFF;
                int at = y * width + x;
                if (count == 1) {
                    channels[0][at] = isGrey ? blue : Math.round(0.299f * red + 0.587f * green + 0.114f * blue);
                } else {
                    channels[0][at] = red;
                    channels[1][at] = green;
                    channels[2][at] = blue;
                }
            }
        }
        return new Planes(channels, width, height, true);
    }

    private static boolean isIndexed(BufferedImage image) {
        return image.getType() == BufferedImage.TYPE_BYTE_INDEXED || image.getType() == BufferedImage.TYPE_BYTE_BINARY;
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    byte rounded(int channel, int place) {
        return (byte) Math.clamp(Math.round(channels[channel][place]), 0, 255);
    }

    /// The image with its shorter side of so many pixels, the longer in proportion, rounded down, as torchvision does.
    /// Each new pixel is a mean weighted by a triangle, as wide as a new pixel is in the old image and at least two
    /// old ones: bilinear interpolation, which becomes smoothing where the image shrinks, as Pillow does.
    Planes resized(int shorter) {
        int newWidth = width <= height ? shorter : (int) ((long) shorter * width / height);
        int newHeight = height <= width ? shorter : (int) ((long) shorter * height / width);
        float[][] result = new float[channels.length][];
        for (int c = 0; c < channels.length; c++) {
            float[] wide = alongRows(channels[c], width, height, newWidth);
            result[c] = transposed(
                    alongRows(transposed(wide, newWidth, height), height, newWidth, newHeight), newHeight, newWidth);
        }
        return new Planes(result, newWidth, newHeight, isBytes);
    }

    private float[] alongRows(float[] plane, int oldWidth, int rows, int newWidth) {
        float[] result = new float[newWidth * rows];
        double scale = (double) oldWidth / newWidth;
        double reach = Math.max(1, scale);
        for (int x = 0; x < newWidth; x++) {
            double centre = (x + 0.5) * scale;
            int from = Math.max(0, (int) (centre - reach + 0.5));
            int to = Math.min(oldWidth, (int) (centre + reach + 0.5));
            for (int y = 0; y < rows; y++) {
                double sum = 0;
                double weights = 0;
                for (int i = from; i < to; i++) {
                    double weight = Math.max(0, 1 - Math.abs(i + 0.5 - centre) / reach);
                    sum += weight * plane[y * oldWidth + i];
                    weights += weight;
                }
                // Pillow rounds bytes between its two passes.
                result[y * newWidth + x] = isBytes ? Math.round(sum / weights) : (float) (sum / weights);
            }
        }
        return result;
    }

    private static float[] transposed(float[] plane, int width, int height) {
        float[] result = new float[plane.length];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                result[x * height + y] = plane[y * width + x];
            }
        }
        return result;
    }

    /// A square from the middle. Half a pixel is rounded to an even number, as torchvision does.
    Planes cropped(int side) {
        int left = (int) Math.rint((width - side) / 2.0);
        int top = (int) Math.rint((height - side) / 2.0);
        float[][] result = new float[channels.length][side * side];
        for (int c = 0; c < channels.length; c++) {
            for (int y = 0; y < side; y++) {
                System.arraycopy(channels[c], (top + y) * width + left, result[c], y * side, side);
            }
        }
        return new Planes(result, side, side, isBytes);
    }
}
