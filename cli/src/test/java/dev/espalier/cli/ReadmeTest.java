package dev.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.onnx.TestModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// The sessions in the README and on pages are what the commands print.
final class ReadmeTest {
    private static final Pattern SESSION = Pattern.compile("```console\n(.*?)```", Pattern.DOTALL);

    private record Step(String command, String output) {}

    @TempDir
    private static Path folder = Path.of("");

    @TestFactory
    Stream<DynamicTest> sessions() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (String page : List.of("README.md", "docs/choosing.md")) {
            Matcher sessions = SESSION.matcher(Files.readString(TestModels.inRepository(page)));
            while (sessions.find()) {
                for (Step step : steps(sessions.group(1))) {
                    tests.add(DynamicTest.dynamicTest(step.command, () -> printsWhatTheReadmeSays(step)));
                }
            }
        }
        assertThat(tests).hasSizeGreaterThan(3);
        return tests.stream();
    }

    private static List<Step> steps(String session) {
        List<Step> steps = new ArrayList<>();
        for (String part : session.split("(?m)^\\$ ", -1)) {
            if (!part.isBlank()) {
                int end = part.indexOf('\n');
                steps.add(new Step(part.substring(0, end), part.substring(end + 1)));
            }
        }
        return steps;
    }

    private static void printsWhatTheReadmeSays(Step step) {
        assertThat(step.command).startsWith("./espalier ");
        List<Object> args = new ArrayList<>();
        for (String word : step.command.substring("./espalier ".length()).split(" ", -1)) {
            args.add(path(word.replace("'", "")));
        }
        Cli.Result result = Cli.launch(args.toArray());
        String printed = (result.output() + result.errorOutput())
                .replace(folder + "/", "")
                .replace(TestModels.inRepository("samples") + "/", "samples/");
        assertThat(printed).isEqualTo(step.output);
    }

    private static Object path(String word) {
        if (word.startsWith("samples/")) {
            return TestModels.inRepository(word);
        }
        return word.endsWith(".onnx") ? folder.resolve(word) : word;
    }

    @Test
    void everyCommandIsInTheReadme() throws IOException {
        String readme = Files.readString(TestModels.inRepository("README.md"));
        for (String line : Cli.launch("--help").output().lines().toList()) {
            Matcher command = Pattern.compile("^  ([a-z-]+)  +[A-Z].*").matcher(line);
            if (command.matches() && !command.group(1).equals("help")) {
                assertThat(readme).contains("`" + command.group(1) + "`");
            }
        }
    }
}
