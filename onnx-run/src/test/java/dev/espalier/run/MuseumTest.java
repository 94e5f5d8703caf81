package dev.espalier.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.onnx.OnnxReader;
import dev.espalier.onnx.TestModels;
import dev.espalier.pruning.Evidence;
import dev.espalier.pruning.Finding;
import dev.espalier.pruning.SparsityCheck;
import dev.espalier.pruning.SparsityChecks;
import dev.espalier.pruning.Verdict;
import dev.espalier.run.Museum.Exhibit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Every broken file gives the findings that it must give, and none is found where nothing is broken.
///
/// With `-Despalier.museum=write` the files are made anew.
@EnabledOnOs({OS.LINUX, OS.MAC})
final class MuseumTest {
    private static final Path FOLDER = TestModels.inRepository("onnx-run/src/test/resources/museum");

    @TempDir
    private Path folder;

    static Stream<Exhibit> exhibits() {
        return Museum.ALL.stream();
    }

    private static Path fileOf(Exhibit exhibit) throws IOException {
        Path file = FOLDER.resolve(exhibit.name() + ".onnx");
        if ("write".equals(System.getProperty("espalier.museum"))) {
            Files.write(file, exhibit.bytes());
        }
        return file;
    }

    private static Resaver copyOf(Path file) {
        return Resaver.ofCommand("cp " + file.toAbsolutePath() + " {out}", Duration.ofMinutes(1));
    }

    private static Verdict verify(Path file, List<SparsityCheck> more) throws IOException {
        List<SparsityCheck> checks = new ArrayList<>(SparsityChecks.ALL);
        checks.addAll(more);
        return Verdict.of(Evidence.of(OnnxReader.read(file), Optional.empty(), Optional.empty()), checks);
    }

    @ParameterizedTest
    @MethodSource("exhibits")
    void findsWhatIsBrokenAndNothingElse(Exhibit exhibit) throws IOException {
        Path file = fileOf(exhibit);
        Verdict verdict = switch (exhibit.look()) {
            case ALONE -> verify(file, List.of());
            case THROUGH -> {
                Path original = Files.write(
                        folder.resolve("original.onnx"), exhibit.original().bytes());
                yield verify(original, List.of(new SurvivalCheck(original, List.of(copyOf(file)))));
            }
        };
        assertThat(verdict.isRefuted()).isTrue();
        assertThat(verdict.findings().stream().map(Finding::kind).collect(Collectors.toSet()))
                .as(verdict.findings().toString())
                .isEqualTo(exhibit.findings());
        assertThat(verdict.findings())
                .extracting(Finding::detail)
                .anyMatch(detail -> detail.contains(exhibit.detail()));
    }

    @ParameterizedTest
    @MethodSource("exhibits")
    void theFileIsWhatItsGeneratorMakes(Exhibit exhibit) throws IOException {
        if (!exhibit.byRuntime()) {
            assertThat(fileOf(exhibit)).hasBinaryContent(exhibit.bytes());
        }
    }

    @ParameterizedTest
    @EnumSource
    void findsNothingInAnOriginal(MuseumOriginals original) throws IOException {
        Path file = Files.write(folder.resolve("original.onnx"), original.bytes());
        List<Resaver> tools = new ArrayList<>(List.of(copyOf(file)));
        // Of sparse tensors in branches the runtime loses the data when it saves: that is no false alarm.
        tools.addAll(original == MuseumOriginals.BRANCHES ? List.of() : Resaver.ofRuntime());
        Verdict verdict = verify(file, List.of(new SurvivalCheck(file, tools), RuntimeCheck.onRandomInputs(file, 0)));
        assertThat(verdict.holds()).as(verdict.answers().toString()).isTrue();
    }
}
