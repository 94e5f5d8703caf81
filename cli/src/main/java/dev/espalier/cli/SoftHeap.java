package dev.espalier.cli;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;

/// A size that Java's heap keeps to if what is needed is not more. Calibration leaves large arrays behind, and before a
/// collector looks for these it takes as much memory as it may, a fourth of the machine's. Only while the machine runs
/// is it known how much that is, and an option of more than that would keep it from starting.
final class SoftHeap {
    private static final long BYTES = 600L << 20;

    private SoftHeap() {}

    /// From now on, if the collector knows soft limits (ZGC, which the launcher takes for calibration).
    static void limit() {
        if (Runtime.getRuntime().maxMemory() <= BYTES) {
            return;
        }
        try {
            ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                    .setVMOption("SoftMaxHeapSize", Long.toString(BYTES));
        } catch (IllegalArgumentException e) {
            // Another virtual machine, without that option: its heap may grow.
        }
    }
}
