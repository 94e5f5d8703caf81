package dev.espalier.pruning.channels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.onnx.TestModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// `docs/operators.md` is what the list of rules says. To write it anew, run this test with
/// `-Despalier.operators=write`.
final class OperatorsPageTest {
    private static final Path PAGE = TestModels.inRepository("docs/operators.md");

    private static String page() {
        List<String> lines = new ArrayList<>(List.of(
                "# Operators with a channel rule",
                "",
                "How indices correspond in each is said at the head of its rule, in",
                "`pruning/src/main/java/dev/espalier/pruning/channels`. All axes of other operators are frozen.",
                "",
                "| rule | operators |",
                "|---|---|"));
        for (ChannelRule rule : ChannelRules.ALL) {
            lines.add("| " + rule.getClass().getSimpleName() + " | " + String.join(", ", rule.operators()) + " |");
        }
        return String.join("\n", lines) + "\n";
    }

    @Test
    void isWhatTheListSays() throws IOException {
        if (System.getProperty("espalier.operators", "").equals("write")) {
            Files.writeString(PAGE, page());
        }
        assertThat(PAGE).hasContent(page());
    }

    @Test
    void everyOperatorHasOneRule() {
        Set<String> seen = new HashSet<>();
        for (ChannelRule rule : ChannelRules.ALL) {
            assertThat(rule.operators()).isNotEmpty().allMatch(seen::add);
        }
    }
}
