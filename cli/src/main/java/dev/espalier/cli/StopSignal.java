package dev.espalier.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/// Lets Ctrl-C end a long measurement early, with a report of what is there; a second one ends the process.
///
/// The JDK's only way to that is a class that it exports without promising it, so it is looked up by name: where it is
/// missing, Ctrl-C ends the process at once, as always. A shutdown hook would not do, because the runtime's own one
/// closes the models at the same time.
final class StopSignal implements BooleanSupplier {
    private static final int INTERRUPTED = 130;

    private final AtomicBoolean isStopped = new AtomicBoolean();

    /// Starts to listen.
    ///
    /// @param console where to say what a second one does
    static StopSignal listen(Console console) {
        StopSignal stop = new StopSignal();
        InvocationHandler handler = (proxy, method, args) -> {
            if (method.getName().equals("handle")) {
                stop.handle(console);
            }
            return null;
        };
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> type = Class.forName("sun.misc.SignalHandler");
            Object proxy = Proxy.newProxyInstance(StopSignal.class.getClassLoader(), new Class<?>[] {type}, handler);
            signal.getMethod("handle", signal, type)
                    .invoke(null, signal.getConstructor(String.class).newInstance("INT"), proxy);
        } catch (ReflectiveOperationException e) {
            System.getLogger("dev.espalier.cli").log(System.Logger.Level.DEBUG, "Ctrl-C ends at once", e);
        }
        return stop;
    }

    private void handle(Console console) {
        if (isStopped.getAndSet(true)) {
            Runtime.getRuntime().halt(INTERRUPTED);
        }
        console.err().println("\nending early; once more to end at once");
        console.err().flush();
    }

    @Override
    public boolean getAsBoolean() {
        return isStopped.get();
    }
}
