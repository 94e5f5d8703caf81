package dev.espalier.pruning.calibrated;

import java.util.List;
import java.util.Optional;

/// The methods that prune with samples. To add one, write its class and add it here.
public final class CalibratedMethods {
    /// What is done if nothing else is said.
    public static final CalibratedMethod ADMM = new Admm();

    /// What a layer falls to whose inputs are too many for the others.
    public static final CalibratedMethod WANDA = new Wanda();

    /// In the order in which help lists them.
    public static final List<CalibratedMethod> ALL = List.of(ADMM, new Obc(), new SparseGpt(), WANDA);

    private CalibratedMethods() {}

    /// The method of that name.
    public static Optional<CalibratedMethod> named(String name) {
        return ALL.stream().filter(method -> method.name().equals(name)).findFirst();
    }
}
