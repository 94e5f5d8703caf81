package dev.espalier.pruning.calibrated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BudgetTest {
    private static final List<Double> LEVELS = List.of(0.2, 0.5, 0.9);

    private static SensitivityCurves.Curve curve(long units, double... divergences) {
        return new SensitivityCurves.Curve(
                "w" + units, units, Arrays.stream(divergences).boxed().toList());
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 7, 555, 1000, 1100, 1109, 1110})
    void comesToTheExactNumber(long zeros) {
        SensitivityCurves curves = new SensitivityCurves(
                "any", LEVELS, List.of(curve(1000, 1e-4, 1e-3, 1e-1), curve(100, 1, 2, 3), curve(10, 0, 0, 0)));
        long[] divided = Budget.divide(curves, zeros);
        assertThat(Arrays.stream(divided).sum()).isEqualTo(zeros);
        for (int i = 0; i < divided.length; i++) {
            assertThat(divided[i]).isBetween(0L, curves.layers().get(i).units());
        }
    }

    @Test
    void sparesTheLayerThatMatters() {
        SensitivityCurves curves =
                new SensitivityCurves("any", LEVELS, List.of(curve(500, 1e-4, 1e-3, 1e-2), curve(500, 1e-2, 1e-1, 1)));
        long[] divided = Budget.divide(curves, 500);
        assertThat(divided[0]).isGreaterThan(divided[1] + 100);
    }

    @Test
    void treatsEqualsEqually() {
        SensitivityCurves curves =
                new SensitivityCurves("any", LEVELS, List.of(curve(500, 1e-3, 1e-2, 1), curve(500, 1e-3, 1e-2, 1)));
        long[] divided = Budget.divide(curves, 600);
        assertThat(Math.abs(divided[0] - divided[1])).isLessThanOrEqualTo(2);
    }

    @Test
    void refusesMoreThanThereIs() {
        SensitivityCurves curves = new SensitivityCurves("any", LEVELS, List.of(curve(5, 1, 2, 3)));
        assertThatThrownBy(() -> Budget.divide(curves, 6)).isInstanceOf(IllegalArgumentException.class);
    }
}
