package dev.espalier.run.validate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.onnx.TestModels;
import dev.espalier.pruning.Progress;
import dev.espalier.run.data.Dataset;
import dev.espalier.run.data.FeedRequest;
import dev.espalier.run.data.Preprocess;
import dev.espalier.run.data.Selection;
import dev.espalier.run.stats.Bootstrap;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// A model against itself: no probe may find what is not there, but for the rate of errors that it states.
final class NoAlarmTest {
    private static final int SEEDS = 50;

    @Test
    void noneOfFiftySeedsFindsADifferenceOfAModelToItself() throws IOException {
        Evaluation evaluation = itself();
        int alarms = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            Bootstrap bootstrap = new Bootstrap(200, seed);
            AccuracyProbe.Result accuracy = AccuracyProbe.of(evaluation, 1, bootstrap);
            assertThat(accuracy.answer()).isEqualTo(Answer.PASS);
            assertThat(accuracy.mcNemar()).contains(1.0);
            assertThat(SegmentProbe.of(evaluation, Optional.empty(), "class", List.of(), 5, bootstrap)
                            .answer())
                    .isEqualTo(Answer.PASS);
            alarms += AbProbe.of(evaluation, true, 1, seed).pValue() < 0.05 ? 1 : 0;
        }
        EdgeProbe.Result edge = EdgeProbe.of(evaluation, 0.01, Optional.empty());
        assertThat(edge.answer()).isEqualTo(Answer.PASS);
        assertThat(edge.flips()).isZero();
        // At most 5 % of such tests may find one; more than 7 of 50 would come about once in 300 times.
        assertThat(alarms).isLessThanOrEqualTo(7);
    }

    private static Evaluation itself() throws IOException {
        Subject model = Subject.read(TestModels.inRepository("samples/digits_resnet.onnx"));
        FeedRequest feed = new FeedRequest(
                Map.of(), Set.of(), Optional.of("labels"), Preprocess.parse("scale=1/16"), Selection.ALL, 1, 64, 0, 0);
        try (Dataset data = Dataset.open(TestModels.inRepository("samples/digits8x8.npz"))) {
            DataRequest request = DataRequest.of(data, Optional.empty(), Optional.of("labels"), Optional.empty(), feed);
            return Validator.evaluate(List.of(model, model), data, request, Progress.NONE, () -> false);
        }
    }
}
