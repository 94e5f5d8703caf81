package dev.espalier.run.data;

import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/// Image files as rows of bytes: decoded, resized and cropped as a [Preprocess] says, channels first or last, RGB, or
/// one channel if the first image has one.
record Images(Preprocess preprocess, Shape row) implements RowFile {
    /// Larger ones are refused before they are decoded: a small file may claim any size.
    private static final long MOST_PIXELS = 1L << 26;

    static {
        // Not a temporary file for each image.
        ImageIO.setUseCache(false);
    }

    static boolean isImage(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return List.of(".png", ".jpg", ".jpeg", ".bmp", ".gif").stream().anyMatch(lower::endsWith);
    }

    /// Images like one.
    static Images like(Path file, Preprocess preprocess) throws IOException {
        BufferedImage image = decode(file);
        int channels = image.getRaster().getNumBands() < 3 && !isIndexed(image) ? 1 : 3;
        Planes planes = geometry(Planes.of(image, channels), preprocess);
        Shape row = preprocess.isChannelLast()
                ? Shape.of(planes.height(), planes.width(), channels)
                : Shape.of(channels, planes.height(), planes.width());
        return new Images(preprocess, row);
    }

    @Override
    public String plural() {
        return "images";
    }

    @Override
    public ElementType type() {
        return ElementType.U8;
    }

    private static boolean isIndexed(BufferedImage image) {
        return image.getColorModel() instanceof IndexColorModel;
    }

    private static BufferedImage decode(Path file) throws IOException {
        try (ImageInputStream in = ImageIO.createImageInputStream(Files.newInputStream(file))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                throw new UnreadableRowException("'" + file + "' is no image of a known format");
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(in);
                if ((long) reader.getWidth(0) * reader.getHeight(0) > MOST_PIXELS) {
                    throw new UnreadableRowException("'" + file + "' has more than 67 million pixels");
                }
                return reader.read(0);
            } catch (UnreadableRowException e) {
                throw e;
            } catch (IOException | RuntimeException e) {
                // Decoders throw many kinds of exceptions at damaged files.
                throw new UnreadableRowException("'" + file + "' does not decode: " + e.getMessage());
            } finally {
                reader.dispose();
            }
        } catch (NoSuchFileException e) {
            throw new UnreadableRowException("'" + file + "' is not there");
        }
    }

    private static Planes geometry(Planes planes, Preprocess preprocess) throws UnreadableRowException {
        return preprocess
                .geometry(planes)
                .orElseThrow(() -> new UnreadableRowException("it is " + planes.width() + "x" + planes.height()
                        + ", smaller than the crop of " + preprocess.crop().orElse(0)));
    }

    @Override
    public void read(Path file, MemorySegment to) throws IOException {
        int channels = (int) row.dim(preprocess.isChannelLast() ? 2 : 0);
        Planes planes = geometry(Planes.of(decode(file), channels), preprocess);
        int height = (int) row.dim(preprocess.isChannelLast() ? 0 : 1);
        int width = (int) row.dim(preprocess.isChannelLast() ? 1 : 2);
        if (planes.height() != height || planes.width() != width) {
            throw new UnreadableRowException("'" + file + "' is " + planes.width() + "x" + planes.height()
                    + ", the first image is " + width + "x" + height + ": say resize= and crop=");
        }
        for (int c = 0; c < channels; c++) {
            for (int i = 0; i < width * height; i++) {
                int at = preprocess.isChannelLast() ? i * channels + c : c * width * height + i;
                to.set(ValueLayout.JAVA_BYTE, at, planes.rounded(c, i));
            }
        }
    }
}
