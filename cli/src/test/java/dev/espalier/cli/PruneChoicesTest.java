package dev.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.onnx.TestModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Recipes, plans, masks, scores and limits on the command line.
final class PruneChoicesTest {
    private static final Path MLP = TestModels.inRepository("samples/digits_mlp.onnx");
    private static final Path RESNET = TestModels.inRepository("samples/digits_resnet.onnx");

    @TempDir
    private Path folder;

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    /// An .npz file with one array of bytes.
    private Path npz(String name, String descr, String shape, byte[] elements) throws IOException {
        return Npz.write(folder.resolve("arrays.npz"), name, descr, shape, elements);
    }

    private Cli.Result prune(Object... args) {
        Object[] all = Arrays.copyOf(args, args.length + 3);
        System.arraycopy(args, 0, all, 1, args.length);
        all[0] = "prune";
        all[args.length + 1] = "-o";
        all[args.length + 2] = folder.resolve("out.onnx");
        return Cli.launch(all);
    }

    private void assertRefused(Cli.Result result, int code, String... words) {
        assertThat(result.errorOutput()).contains(words);
        assertThat(result.exitCode()).isEqualTo(code);
        assertThat(result.output()).isEmpty();
        assertThat(folder.resolve("out.onnx")).doesNotExist();
    }

    @Test
    void recipesGiveEveryWeightTheLastRuleThatMeansIt() throws IOException {
        Path recipe = file("r.yaml", """
                rules:
                  - operator: Conv
                    pattern: 2:4
                  - layer: "*downsample*"
                    sparsity: 25%
                  - tensor: [nothing*, "re:fc\\\\..*"]
                    threshold: 1e-30
                """);
        assertRefused(prune(RESNET, "--recipe", recipe), 3, "no weight is named 'nothing*'", "rule 3");
        Files.writeString(recipe, Files.readString(recipe).replace("nothing*, ", ""));
        Cli.Result result = prune(RESNET, "--recipe", recipe);
        assertThat(result.errorOutput()).isEmpty();
        assertThat(result.output())
                .containsPattern("layer1.conv1.weight +9 216 +2:4 +50.00 +50.00")
                .containsPattern("layer2.downsample.0.weight +2 048 +unstructured +25.00 +25.00")
                .containsPattern("fc.weight +640 +unstructured +- +0 ");
        assertThat(Cli.launch("verify-sparsity", folder.resolve("out.onnx"), "--no-run")
                        .exitCode())
                .isZero();
    }

    @Test
    void optionsHoldWhereARecipeSaysNothing() throws IOException {
        Path recipe = file("r.yaml", "rules: [{tensor: fc1.weight, sparsity: 0.5}]");
        assertThat(prune(MLP, "--recipe", recipe, "-s", "0.9", "--scope", "global")
                        .output())
                .containsPattern("fc1.weight +20 480 +- +50.00")
                .contains("86 272 of 104 960");
        assertThat(prune(MLP, "--recipe", recipe).output()).contains("no rule is about it");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            rules: [{operator: Conv, sparsitty: 0.5}]           | 'sparsitty' is not a key   | did you mean 'sparsity'?
            rulez: [{operator: Conv}]                           | 'rulez' is not a key       | did you mean 'rules'?
            rules: []                                           | a recipe without rules     | list
            rules: [{operator: Conv, sparsity: 2}]              | between 0 and 1            | line 1
            rules: [{operator: Conv, pattern: 4:2}]             | not 4:2                    | line 1
            rules: [{operator: Conv, scope: all, sparsity: 0.5}]| 'all' is not a scope       | uniform+
            rules: [{operator: Conv}]                           | no sparsity is asked for   | line 1
            rules: [{operator: Relu, sparsity: 0.5}]            | used by a 'Relu'           | rule 1
            rules: [{node: 're:(', sparsity: 0.5}]              | no regular expression      | line 1
            rules: [{node: *a, sparsity: 0.5}]                  | not YAML                   | quote names
            rules: [{node: a, node: b}]                         | the key 'node' is there twice | line 1
            rules: {operator: Conv}                             | not a list of rules        | line 1
            [[[[[[[[[[[[1]]]]]]]]]]]]                           | nested more than 8 levels  | line 1
            rules: [{operator: MatMul, method: mask}]           | needs --masks              | line 1
            """)
    void refusesRecipesThatMakeNoSense(String recipe, String what, String hint) throws IOException {
        assertRefused(prune(MLP, "--recipe", file("r.yaml", recipe)), 3, what, hint);
    }

    @Test
    void plansAreCarriedOutAgain() throws IOException {
        Path plan = folder.resolve("plan.json");
        Path again = folder.resolve("again.onnx");
        assertThat(prune(MLP, "-s", "0.8", "--scope", "lamp", "--plan", plan).exitCode())
                .isZero();
        assertThat(Files.readString(plan)).contains("80 % of 3 layers, lamp").contains("\"leftAlone\"");
        assertThat(Cli.launch("prune", MLP, "--from-plan", plan, "-o", again).exitCode())
                .isZero();
        assertThat(again).hasSameBinaryContentAs(folder.resolve("out.onnx"));
    }

    @Test
    void plansForAnotherModelSayWhatDiffers() throws IOException {
        Path plan = folder.resolve("plan.json");
        assertThat(Cli.launch("prune", MLP, "-s", "0.5", "--dry-run", "--plan", plan)
                        .exitCode())
                .isZero();
        assertRefused(prune(RESNET, "--from-plan", plan), 3, "another model: 3 of 3", "'fc1.weight' is not there");
        Files.writeString(plan, Files.readString(plan).replace("[ 64, 320 ]", "[ 320, 64 ]"));
        assertRefused(prune(MLP, "--from-plan", plan), 3, "1 of 3 tensors differ", "is 64x320, not 320x64");
        assertRefused(prune(MLP, "--from-plan", plan, "-s", "0.5"), 2, "--sparsity does not go with it");
        assertRefused(prune(MLP, "--from-plan", file("x.json", "{}")), 3, "the plan cannot be read");
        assertRefused(prune(MLP, "--from-plan", file("x.json", "rules:")), 3, "the plan cannot be read");
    }

    @Test
    void masksGoOutAndComeBack() throws IOException {
        Path masks = folder.resolve("m.npz");
        Path again = folder.resolve("again.onnx");
        assertThat(prune(MLP, "-s", "0.8", "--save-masks", masks).exitCode()).isZero();
        byte[] written = Files.readAllBytes(masks);
        assertThat(Cli.launch("prune", MLP, "--masks", masks, "--save-masks", masks, "-o", again)
                        .errorOutput())
                .isEmpty();
        assertThat(again).hasSameBinaryContentAs(folder.resolve("out.onnx"));
        assertThat(masks).hasBinaryContent(written);
        Path names = file("names.yaml", "fc1.weight: net.0.weight.T\n");
        assertThat(prune(MLP, "-s", "0.8", "--save-masks", masks, "--name-map", names)
                        .exitCode())
                .isZero();
        assertThat(Cli.launch("prune", MLP, "--masks", masks, "--name-map", names, "-o", again)
                        .errorOutput())
                .isEmpty();
        assertThat(again).hasSameBinaryContentAs(folder.resolve("out.onnx"));
        assertRefusedAnew(Cli.launch("prune", MLP, "--masks", masks, "--dry-run"), "no tensor is named 'net.0.weight'");
    }

    private static void assertRefusedAnew(Cli.Result result, String what) {
        assertThat(result.errorOutput()).contains(what);
        assertThat(result.exitCode()).isEqualTo(3);
    }

    @Test
    void refusesArraysThatDoNotFit() throws IOException {
        byte[] ones = new byte[10 * 256];
        Arrays.fill(ones, (byte) 1);
        assertRefused(
                prune(MLP, "--masks", npz("head.weight", "|b1", "(10, 255)", Arrays.copyOf(ones, 2550))),
                3,
                "an array of shape 10x255 for a tensor of 10x256",
                "array 'head.weight'");
        assertRefused(
                prune(MLP, "--masks", npz("head.weight", "|b1", "(256, 10)", ones)),
                3,
                "'head.weight.T' with --name-map");
        ones[257] = 2;
        assertRefused(prune(MLP, "--masks", npz("head.weight", "|u1", "(10, 256)", ones)), 3, "0 and 1, at [1, 1]");
        assertRefused(prune(MLP, "--masks", npz("head.weight", "|O", "(10, 256)", ones)), 3, "Python objects");
        assertRefused(prune(MLP, "--masks", npz("head.weight", "<f8", "(10, 256)", ones)), 3, "truncated");
        assertRefused(
                prune(MLP, "--masks", npz("head.weight", "|b1", "(1000000, 1000000, 1000)", ones)), 3, "truncated");
        assertRefused(prune(MLP, "--masks", npz("fc9.weight", "|b1", "(10, 256)", ones)), 3, "'fc9.weight'");
        assertRefused(prune(MLP, "--masks", file("text.npz", "no zip")), 3, "not a NumPy archive");
        Path cut = npz("head.weight", "|b1", "(10, 256)", ones);
        Files.write(cut, Arrays.copyOf(Files.readAllBytes(cut), 100));
        assertRefused(prune(MLP, "--masks", cut), 3, "not a NumPy archive");
        assertRefused(prune(MLP, "--masks", folder.resolve("none.npz")), 3, "none.npz");
    }

    @Test
    void scoresChooseWhatGoes() throws IOException {
        byte[] scores = new byte[10 * 256];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = (byte) (i < 256 ? 0 : 1);
        }
        Path masks = folder.resolve("m.npz");
        Path file = npz("head.weight", "|u1", "(10, 256)", scores);
        assertThat(prune(MLP, "-s", "0.1", "--scores", file, "--save-masks", masks)
                        .output())
                .containsPattern("head.weight +2 560 +10.00 +10.00")
                .contains("2 nothing is given for it");
    }

    @Test
    void refusesOptionsThatContradictEachOther() throws IOException {
        Path names = file("names.yaml", "a: b");
        assertRefused(prune(MLP, "--threshold", "0.1", "-s", "0.5"), 2, "threshold says itself what goes");
        assertRefused(prune(MLP, "--threshold", "0.1", "--method", "random"), 2, "--threshold is for the method");
        assertRefused(prune(MLP, "--threshold", "-1"), 2, "a threshold is a number above 0");
        assertRefused(prune(MLP, "--threshold", "0.1", "--pattern", "2:4"), 2, "threshold does not go with 2:4");
        assertRefused(prune(MLP, "--method", "mask", "-s", "0.5"), 2, "the method mask needs --masks");
        assertRefused(prune(MLP, "--include", "re:(", "-s", "0.5"), 2, "no regular expression");
        assertRefused(prune(MLP, "--name-map", names, "--scope", "lamp"), 2, "no sparsity is asked for");
    }

    @Test
    void refusesPatternsThatNoWeightCanFollow() {
        assertRefused(prune(MLP, "--pattern", "4:2"), 2, "from 1 to GROUP - 1");
        assertRefused(prune(MLP, "--pattern", "block:1000x1000", "-s", "0.5"), 3, "smaller than a block");
    }

    @Test
    void saysWhatCanBeReached() {
        assertRefused(
                prune(MLP, "-s", "0.9", "--max-layer-sparsity", "0.8"),
                3,
                "a sparsity of 90 % cannot be reached: no layer loses more than 80 %",
                "at most 80 % can be reached");
        assertRefused(
                prune(RESNET, "-s", "0.999", "--scope", "uniform+"),
                3,
                "the scope uniform+ keeps more",
                "at most 99.45 % can be reached");
        assertRefused(prune(MLP, "--pattern", "2:4", "--max-layer-sparsity", "0.4"), 2, "more than the 40 %");
    }

    @Test
    void limitsHold() {
        Cli.Result result =
                prune(MLP, "-s", "0.9", "--scope", "global", "--max-layer-sparsity", "92%", "--min-layer-size", "3000");
        assertThat(result.output())
                .contains("92 160 of 102 400")
                .containsPattern("fc2.weight +81 920 +- +92.00")
                .contains("1 fewer than 3000 elements");
    }

    @Test
    void aSecondRunMayTakeAShareOfWhatRemains() {
        Path twice = folder.resolve("twice.onnx");
        prune(MLP, "-s", "0.2");
        Cli.Result result =
                Cli.launch("prune", folder.resolve("out.onnx"), "-s", "0.2", "--of", "remaining", "-o", twice);
        assertThat(result.output()).containsPattern("fc2.weight +81 920 +20.00 +36.00");
    }
}
