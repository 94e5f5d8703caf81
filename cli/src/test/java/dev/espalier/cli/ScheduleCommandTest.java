package dev.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class ScheduleCommandTest {
    private static final String WORKED_EXAMPLE = "20:10%,50:60%,80:85%,100:90%";

    @TempDir
    private Path folder;

    @Test
    void showsTheWorkedExampleBesideThePlainCubic() {
        Cli.Result result = Cli.launch("schedule", WORKED_EXAMPLE, "--compare", "cubic", "--plot", "none");
        assertThat(result.errorOutput()).isEmpty();
        assertThat(result.exitCode()).isZero();
        assertThat(result.output()).isEqualTo("""
                milestones: 10 % at 20, 60 % at 50, 85 % at 80, 90 % at 100; each holds until the next
                compared with cubic: from 0 % at step 0 to 90 % at step 100

                step  sparsity %  of rest %  cubic %  of rest %  ahead
                   0        0.00       0.00     0.00       0.00   0.00
                  20       10.00      10.00    43.92      43.92  33.92
                  50       60.00      55.56    78.75      62.11  18.75
                  80       85.00      62.50    89.28      49.55   4.28
                 100       90.00      33.33    90.00       6.72   0.00

                of rest %: of the weights left at the row above, the share that goes at this one
                ahead: points that the compared schedule is above the first
                """);
    }

    @Test
    void drawsInAscii() {
        Cli.Result result = Cli.launchOnTerminal(
                60, "schedule", "linear", "-s", "0.8", "--at", "0,100", "--compare", "constant", "--plot", "ascii");
        assertThat(result.output())
                .contains("100 % |\n      |\n      |oooooooooo")
                .contains("\n  0 % |**")
                .contains("by step: * linear, o constant");
        assertThat(result.output()).isASCII();
    }

    @Test
    void drawsInBraille() {
        Cli.Result result = Cli.launchOnTerminal(
                40, "schedule", "constant", "-s", "0.5", "--begin", "50", "--at", "50", "--plot", "braille");
        assertThat(result.output())
                .contains("50 % │                ⢠⠤⠤")
                .contains("⣀⣀⣀⣸")
                .contains("solid constant");
    }

    @Test
    void fitsATerminal() {
        Cli.Result result = Cli.launchOnTerminal(
                80, "schedule", WORKED_EXAMPLE, "--compare", "cubic", "--compare", "linear", "--plot", "braille");
        assertThat(result.output().lines().skip(4)).allMatch(line -> line.length() <= 80);
    }

    @Test
    void thinsALongTableAndSaysSo() {
        assertThat(Cli.launch("schedule", "cubic", "-s", "0.9", "--plot", "none")
                        .output())
                .contains("\n   5 ")
                .doesNotContain("\n   4 ")
                .contains("21 of 101 steps are shown; --all shows every one");
        assertThat(Cli.launch("schedule", "cubic", "-s", "0.9", "--plot", "none", "--all")
                        .output())
                .contains("\n   4 ")
                .doesNotContain("are shown");
    }

    @Test
    void drawsAsTheEnvironmentAllows() throws IOException, InterruptedException {
        Assumptions.assumeTrue(Files.exists(Path.of("/bin/bash")), "there is no /bin/bash");
        Object[] args = {"schedule", "cubic", "-s", "0.9", "--at", "0"};
        assertThat(Cli.launchFrom("exec \"$@\"", folder, args).output())
                .isASCII()
                .contains("****");
        assertThat(Cli.launchFrom("LC_ALL=C.UTF-8 exec \"$@\"", folder, args).output())
                .contains("│");
    }

    @Test
    void printsJson() {
        Cli.Result result = Cli.launch("schedule", "cubic", "-s", "0.9", "--compare", "linear", "--json");
        JsonNode json = JsonMapper.shared().readTree(result.output());
        assertThat(json.get("schemaVersion").intValue()).isEqualTo(1);
        assertThat(json.get("rows")).hasSize(101);
        JsonNode row = json.get("rows").get(50);
        assertThat(row.get("step").intValue()).isEqualTo(50);
        assertThat(row.get("schedule").get("sparsity").doubleValue()).isEqualTo(0.7875);
        assertThat(row.get("compared").get(0).get("sparsity").doubleValue()).isEqualTo(0.45);
        assertThat(json.has("chart")).isFalse();
    }

    @Test
    void printsCsv() {
        assertThat(Cli.launch("schedule", WORKED_EXAMPLE, "--csv").output().lines())
                .containsExactly(
                        "step,sparsity,removed_of_remaining",
                        "0,0,0",
                        "20,0.1,0.1",
                        "50,0.6,0.555555555556",
                        "80,0.85,0.625",
                        "100,0.9,0.333333333333");
    }

    @Test
    void writesForOtherTools() {
        assertThat(Cli.launch("schedule", "cubic", "-s", "0.9", "--warm-up", "10%", "--as", "tfmot")
                        .output())
                .isEqualTo("""
                        # cubic: from 0 % at step 10 to 90 % at step 100
                        # Exact at every step.
                        # A step is one batch, as the optimizer counts: multiply by the batches of an epoch if yours are epochs.
                        # Needs the callback tfmot.sparsity.keras.UpdatePruningStep.

                        import tensorflow_model_optimization as tfmot

                        pruning_schedule = tfmot.sparsity.keras.PolynomialDecay(
                            initial_sparsity=0.0,
                            final_sparsity=0.9,
                            begin_step=10,
                            end_step=100,
                            power=3,
                            frequency=1,
                        )
                        """);
        assertThat(Cli.launch("schedule", WORKED_EXAMPLE, "--as", "llm-compressor")
                        .output())
                .contains("scheduler_args: {steps: [[20, 0.1], [50, 0.6], [80, 0.85], [100, 0.9]]}");
    }

    @Test
    void writesAnSvg() throws Exception {
        Path file = folder.resolve("chart.svg");
        Cli.Result result =
                Cli.launch("schedule", WORKED_EXAMPLE, "--compare", "cubic", "--plot", "none", "--svg", file);
        assertThat(result.exitCode()).isZero();
        assertThat(result.output()).endsWith("\nchart: " + file + "\n");
        var document = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile());
        assertThat(document.getDocumentElement().getTagName()).isEqualTo("svg");
        // 20 of 100 steps, 10 %: 64 + 712 * 0.2 and 394 - 346 * 0.1.
        assertThat(Files.readString(file)).contains("M64.0 394.0H206.4V359.4H420.0V186.4");
        assertThat(folder).isDirectoryNotContaining(path -> !path.equals(file));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "cubic | no final sparsity: say -s SHARE",
                "cubic -s 100% | a schedule stays below 100 %: nothing would be left of the weights",
                "cubic -s .9 --power 2 | a power is for the schedule 'polynomial' only",
                "cubic -s .9 --between linear | what is between milestones can be said of milestones only",
                "constant -s .9 --end 3 | a constant schedule has no initial sparsity, no end and no frequency: it is one shot",
                "cubic -s .9 --at 7,101 | the steps are 0 to 100: there is no step 101",
                "50:60%,20:10% | the milestones are not in order: step 20 comes after step 50",
                "cubic -s .9 --compare 50:10%,200:20% | the final sparsity is reached at step 200, after the last step, 100",
            })
    void refusesWhatMakesNoSense(String words, String message) {
        Cli.Result result = Cli.launch((Object[]) ("schedule " + words).split(" ", -1));
        assertThat(result.errorOutput())
                .isEqualTo("error: %s%n  hint: see `espalier schedule --help`%n".formatted(message));
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.output()).isEmpty();
    }

    @Test
    void refusesAFolderThatIsMissing() {
        Cli.Result result = Cli.launch("schedule", "cubic", "-s", "0.9", "--svg", folder.resolve("none/a.svg"));
        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.output()).isEmpty();
    }
}
