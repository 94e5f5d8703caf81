package dev.espalier.run.validate;

import dev.espalier.run.data.Feed;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What all probes found, and what follows from it.
///
/// @param samples how many were compared
/// @param unreadable samples that could not be read
/// @param prunedWithNaN samples for which the pruned model's output has a NaN, which is never to be shipped
/// @param isPartial whether it was ended early
/// @param results of the probes that were carried out, in their order
/// @param gate names of the probes that decide
/// @param maxBad how many samples may be unreadable
public record Validation(
        DataRequest data,
        int samples,
        List<Feed.Unreadable> unreadable,
        int prunedWithNaN,
        boolean isPartial,
        List<ProbeResult> results,
        Set<String> gate,
        int maxBad) {
    /// Whether the pruned model may take the original's place.
    public Answer answer() {
        List<Answer> answers =
                results.stream().filter(this::decides).map(ProbeResult::answer).toList();
        if (unreadable.size() > maxBad || prunedWithNaN > 0 || answers.contains(Answer.FAIL)) {
            return Answer.FAIL;
        }
        boolean isClear = !isPartial && !answers.isEmpty() && answers.stream().allMatch(a -> a == Answer.PASS);
        return isClear ? Answer.PASS : Answer.CANNOT_TELL;
    }

    /// Whether a probe decides. Of those that decide if nothing else is said, segments do so only where there are any.
    public boolean decides(ProbeResult result) {
        return gate.isEmpty()
                ? result.probe().equals("accuracy")
                        || (result.probe().equals("segments") && result.answer() != Answer.NOT_ASKED)
                : gate.contains(result.probe());
    }

    /// What a probe found, if it was carried out.
    public <T extends ProbeResult> Optional<T> result(Class<T> kind) {
        return results.stream().filter(kind::isInstance).map(kind::cast).findFirst();
    }
}
