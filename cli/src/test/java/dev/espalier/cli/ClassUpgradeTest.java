package dev.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.classfile.ClassFile;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// What is made of picocli's classes is what the class cache takes, passes the JVM's verifier, and works as before.
final class ClassUpgradeTest {
    @TempDir
    private Path folder;

    @Test
    void givesPicocliStackMaps() throws Exception {
        Path jar = copyOfJar(CommandLine.class);
        assertThat(oldest(jar)).isLessThan(ClassFile.JAVA_6_VERSION);
        ClassUpgrade.upgrade(jar);
        assertThat(oldest(jar)).isEqualTo(ClassFile.JAVA_8_VERSION);

        ClassLoader platform = ClassLoader.getPlatformClassLoader();
        try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, platform)) {
            for (String name : classes(jar)) {
                // Initializing a class links it, and linking verifies it.
                assertThat(Class.forName(name, true, loader).getClassLoader()).isSameAs(loader);
            }
            Object help = loader.loadClass("picocli.CommandLine$HelpCommand")
                    .getConstructor()
                    .newInstance();
            Class<?> line = loader.loadClass("picocli.CommandLine");
            StringWriter usage = new StringWriter();
            line.getMethod("usage", PrintWriter.class)
                    .invoke(line.getConstructor(Object.class).newInstance(help), new PrintWriter(usage, true));
            StringWriter expected = new StringWriter();
            new CommandLine(new CommandLine.HelpCommand()).usage(new PrintWriter(expected, true));
            assertThat(usage).hasToString(expected.toString()).asString().contains("COMMAND");
        }
    }

    @Test
    void leavesWhatIsNewEnough() throws Exception {
        Path jar = copyOfJar(Test.class);
        byte[] before = Files.readAllBytes(jar);
        ClassUpgrade.upgrade(jar);
        assertThat(jar).hasBinaryContent(before);
    }

    private Path copyOfJar(Class<?> type) throws Exception {
        Path jar =
                Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
        return Files.copy(jar, folder.resolve("copy.jar"));
    }

    private static int oldest(Path jar) throws Exception {
        try (JarFile file = new JarFile(jar.toFile())) {
            int oldest = Integer.MAX_VALUE;
            for (JarEntry entry : file.stream().toList()) {
                if (isClass(entry.getName())) {
                    byte[] bytes = file.getInputStream(entry).readNBytes(8);
                    oldest = Math.min(oldest, bytes[7]);
                }
            }
            return oldest;
        }
    }

    private static List<String> classes(Path jar) throws Exception {
        try (JarFile file = new JarFile(jar.toFile())) {
            return file.stream()
                    .map(JarEntry::getName)
                    .filter(ClassUpgradeTest::isClass)
                    .map(name -> name.replace('/', '.').replaceAll("\\.class$", ""))
                    .toList();
        }
    }

    private static boolean isClass(String name) {
        return name.endsWith(".class") && !name.endsWith("module-info.class");
    }
}
