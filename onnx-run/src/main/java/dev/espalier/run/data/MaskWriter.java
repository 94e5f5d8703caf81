package dev.espalier.run.data;

import dev.espalier.sparse.Mask;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// Writes masks as an .npz file of booleans, one array for each: true where an element stays, as
/// `torch.nn.utils.prune.custom_from_mask` takes them.
public final class MaskWriter {
    private static final int BLOCK = 1 << 16;
    /// The same masks give the same bytes: archives carry times.
    private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

    private MaskWriter() {}

    /// Writes to a temporary file beside `file`, which takes its place in the end.
    ///
    /// @param masks made one after the other
    public static void write(Map<String, Supplier<Mask>> masks, Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        Path temporary = Files.createTempFile(folder, ".espalier", ".npz");
        try {
            try (ZipOutputStream zip =
                    new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(temporary)))) {
                for (Map.Entry<String, Supplier<Mask>> entry : masks.entrySet()) {
                    ZipEntry member = new ZipEntry(entry.getKey() + ".npy");
                    member.setTimeLocal(NO_TIME);
                    zip.putNextEntry(member);
                    write(entry.getValue().get(), zip);
                }
            }
            Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static void write(Mask mask, OutputStream out) throws IOException {
        String dims =
                Arrays.stream(mask.shape().dims()).mapToObj(dim -> dim + ",").collect(Collectors.joining(" "));
        out.write(NpyWriter.header("|b1", dims));
        byte[] block = new byte[BLOCK];
        long count = mask.shape().elementCount();
        for (long from = 0; from < count; from += BLOCK) {
            int here = (int) Math.min(BLOCK, count - from);
            for (int i = 0; i < here; i++) {
                block[i] = (byte) (mask.isKept(from + i) ? 1 : 0);
            }
            out.write(block, 0, here);
        }
    }
}
