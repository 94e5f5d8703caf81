package dev.espalier.pruning;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class NameGlobTest {
    @Test
    void matchesWholeNames() {
        assertThat(NameGlob.of("layer1.*").matches("layer1.0/conv.weight")).isTrue();
        assertThat(NameGlob.of("layer1.*").matches("my.layer1.0")).isFalse();
        assertThat(NameGlob.of("*conv?").matches("a/b/conv1")).isTrue();
        assertThat(NameGlob.of("*conv?").matches("a/b/conv10")).isFalse();
        assertThat(NameGlob.of("**").matches("anything")).isTrue();
    }

    @Test
    void takesEverythingElseLiterally() {
        assertThat(NameGlob.of("a.b").matches("axb")).isFalse();
        assertThat(NameGlob.of("a[0]+\\E(").matches("a[0]+\\E(")).isTrue();
        assertThat(NameGlob.of("").matches("")).isTrue();
    }

    @Test
    void knowsWhetherItNamesOneThing() {
        assertThat(NameGlob.of("fc.bias").isExact()).isTrue();
        assertThat(NameGlob.of("fc.*").isExact()).isFalse();
    }
}
