package dev.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.onnx.TestModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What people do wrong gets one clear error, the right exit code, and leaves nothing behind.
final class ErrorsTest {
    private static final Path MLP = TestModels.inRepository("samples/digits_mlp.onnx");

    private static final Path BASH = Path.of("/bin/bash");

    @TempDir
    private Path folder;

    private void fails(int exitCode, String expected, Object... args) throws IOException {
        Cli.Result result = Cli.launch(args);
        assertThat(result.errorOutput().replace(folder.toString(), "FOLDER")).isEqualTo(expected);
        assertThat(result.exitCode()).isEqualTo(exitCode);
        assertThat(result.output()).isEmpty();
    }

    private void leavesNothing() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.filter(f -> !f.getFileName().toString().startsWith("in")))
                    .isEmpty();
        }
    }

    @Test
    void aMissingFile() throws IOException {
        fails(3, """
                error: no such file
                  where: file 'FOLDER/in.onnx'
                  hint: check the path; it is relative to the current folder
                """, "inspect", folder.resolve("in.onnx"));
    }

    @Test
    void aFileThatIsNoModel() throws IOException {
        Path file = Files.writeString(folder.resolve("in.onnx"), "<html>not found</html>");
        fails(3, """
                error: not an ONNX model: its bytes are not protobuf
                  where: file 'FOLDER/in.onnx'
                  hint: the file is damaged, or not an ONNX model: download or export it again
                """, "prune", file, "-s", "0.5", "-o", folder.resolve("out.onnx"));
        leavesNothing();
    }

    @Test
    void aModelThatWasCutOffAnywhere() throws IOException {
        byte[] bytes = Files.readAllBytes(MLP);
        Path file = folder.resolve("in.onnx");
        for (int length = 0; length < bytes.length; length += 1 + length / 7) {
            Files.write(file, Arrays.copyOf(bytes, length));
            Cli.Result result = Cli.launch("prune", file, "-s", "0.5", "-o", folder.resolve("out.onnx"));
            assertThat(result.exitCode()).as("cut at " + length).isEqualTo(3);
            assertThat(result.errorOutput().lines()).hasSize(3);
            leavesNothing();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.5", "-0.1", "101%", "half", "NaN"})
    void aSparsityThatIsNone(String text) {
        Cli.Result result = Cli.launch("prune", MLP, "-s", text, "-o", folder.resolve("out.onnx"));
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.errorOutput()).startsWith("error: Invalid value for option '--sparsity'");
    }

    @Test
    void aNameThatMeansNothing() throws IOException {
        fails(3, """
                error: no node or tensor is named 'conv*'
                  where: file '%s', --include conv*
                  hint: `espalier inspect --all` lists the names; this model has fc1.weight, fc2.weight, head.weight, ...
                """.formatted(MLP), "prune", MLP, "-s", "0.5", "--include", "conv*", "-o", folder.resolve("out.onnx"));
        leavesNothing();
    }

    @Test
    void anOutputFolderThatIsMissing() throws IOException {
        fails(3, """
                error: the output folder does not exist
                  where: file 'FOLDER/none'
                  hint: make it first: mkdir -p FOLDER/none
                """, "prune", MLP, "-s", "0.5", "-o", folder.resolve("none/out.onnx"));
    }

    @Test
    void anOutputThatIsTheInput() throws IOException {
        Path file = Files.copy(MLP, folder.resolve("in.onnx"));
        byte[] before = Files.readAllBytes(file);
        fails(2, """
                error: the output is the input: choose another name, or say --force to replace it
                  hint: see `espalier prune --help`
                """, "prune", file, "-s", "0.5", "-o", file);
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
        assertThat(Cli.launch("prune", file, "-s", "0.5", "-o", file, "--force").exitCode())
                .isZero();
        assertThat(Cli.launch("verify-sparsity", file).exitCode()).isZero();
    }

    @Test
    void noOutput() throws IOException {
        fails(2, """
                error: no output file: say -o FILE, or --dry-run to write nothing
                  hint: see `espalier prune --help`
                """, "prune", MLP, "-s", "0.5");
    }

    @Test
    void aFolderWithoutPermission() throws IOException {
        Path locked = Files.createDirectory(
                folder.resolve("in_locked"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r-xr-xr-x")));
        Assumptions.assumeFalse(Files.isWritable(locked), "this user may write everywhere");
        fails(3, """
                error: permission denied
                  where: file 'FOLDER/in_locked'
                  hint: check who may read and write there
                """, "prune", MLP, "-s", "0.5", "-o", locked.resolve("out.onnx"));
    }

    @Test
    void aDiskThatFillsUp() throws IOException, InterruptedException {
        // A disk of 64 KiB, in a namespace of its own so that it needs no rights; it is gone with the process.
        Path disk = Files.createDirectory(folder.resolve("in_disk"));
        String mount = "mount -t tmpfs -o size=64k none '%s'".formatted(disk);
        Assumptions.assumeTrue(
                Files.exists(BASH) && exitCode("bash", "-c", "unshare -rm " + mount + " 2>/dev/null") == 0,
                "this user cannot mount a disk of its own");
        String script = "exec unshare -rm bash -c '%s; \"$@\"; code=$?; ls -A \"%s\"; exit $code' bash \"$@\""
                .formatted(mount.replace("'", "\""), disk);
        Cli.Result result = Cli.launchFrom(script, folder, "prune", MLP, "-s", "0.5", "-o", disk.resolve("out.onnx"));
        assertThat(result.errorOutput().replace(folder.toString(), "FOLDER")).isEqualTo("""
                error: No space left on device
                  where: file 'FOLDER/in_disk/out.onnx'
                  hint: free some space, or write to another disk; nothing was left behind
                """);
        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.output()).as("what is on the disk").isEmpty();
    }

    private static int exitCode(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }

    @Test
    void aFileThatMayNotGrow() throws IOException, InterruptedException {
        // Needs no disk to fill: a write beyond the limit fails in the middle of the file all the same.
        Assumptions.assumeTrue(Files.exists(BASH), "there is no " + BASH);
        Path output = folder.resolve("out.onnx");
        Cli.Result result =
                Cli.launchFrom("ulimit -f 64; exec \"$@\"", folder, "prune", MLP, "-s", "0.5", "-o", output);
        assertThat(result.errorOutput().replace(folder.toString(), "FOLDER")).isEqualTo("""
                error: File too large
                  where: file 'FOLDER/out.onnx'
                  hint: check the file and the folder it is in
                """);
        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.output()).isEmpty();
        leavesNothing();
    }

    @Test
    void anOutputThatIsAFolder() throws IOException {
        fails(3, """
                error: it exists and is not a file
                  where: file 'FOLDER'
                  hint: check the file and the folder it is in
                """, "prune", MLP, "-s", "0.5", "-o", folder);
    }

    @Test
    void aCommandThatDoesNotExist() throws IOException {
        fails(2, """
                error: there is no command 'inspct'
                  hint: did you mean 'inspect'? see `espalier --help`
                """, "inspct", MLP);
    }

    @Test
    void aModelWithoutWeights() {
        Cli.Result result = Cli.launch(
                "prune",
                TestModels.shared("structure/light_squeezenet.onnx"),
                "-s",
                "0.5",
                "-o",
                folder.resolve("out.onnx"));
        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.errorOutput()).startsWith("error: this model has no weights to prune");
    }

    @Test
    void nothingToVerifyAgainst() throws IOException {
        fails(3, """
                error: there is nothing to verify against: the model has no sparsity manifest
                  where: file '%s'
                  hint: `prune` writes one; otherwise say --expect SPARSITY or --against PRUNED_MODEL
                """.formatted(MLP), "verify-sparsity", MLP);
    }
}
