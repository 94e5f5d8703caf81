package dev.espalier.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import org.junit.jupiter.api.Test;

/// The fences between the modules (ARCHITECTURE.md).
final class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.espalier");

    private static void holds(ArchRule rule) {
        rule.check(CLASSES);
    }

    @Test
    void dependenciesGoOneWay() {
        holds(layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("cli")
                .definedBy("dev.espalier.cli..")
                .layer("onnx-run")
                .definedBy("dev.espalier.run..")
                .layer("pruning")
                .definedBy("dev.espalier.pruning..")
                .layer("onnx-io")
                .definedBy("dev.espalier.onnx..")
                .layer("sparse-format")
                .definedBy("dev.espalier.sparse..")
                .whereLayer("cli")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("onnx-run")
                .mayOnlyBeAccessedByLayers("cli")
                .whereLayer("pruning")
                .mayOnlyBeAccessedByLayers("cli", "onnx-run")
                .whereLayer("onnx-io")
                .mayOnlyBeAccessedByLayers("cli", "onnx-run", "pruning"));
    }

    @Test
    void onlyOnnxIoSeesProtobuf() {
        holds(noClasses()
                .that()
                .resideOutsideOfPackage("dev.espalier.onnx..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("com.google.protobuf..", "dev.espalier.onnx.proto.."));
    }

    @Test
    void onlyOnnxRunSeesTheRuntime() {
        holds(noClasses()
                .that()
                .resideOutsideOfPackage("dev.espalier.run..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("ai.onnxruntime..", "ai.djl.."));
    }

    @Test
    void onlyTheCommandLinePrints() {
        holds(noClasses()
                .that()
                .resideOutsideOfPackage("dev.espalier.cli..")
                .and()
                .resideOutsideOfPackage("dev.espalier.onnx.proto..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("picocli..")
                .orShould()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err"));
    }

    @Test
    void sparseFormatNeedsTheJdkOnly() {
        holds(noClasses()
                .that()
                .resideInAPackage("dev.espalier.sparse..")
                .should()
                .dependOnClassesThat()
                .resideOutsideOfPackages("dev.espalier.sparse..", "java..", "org.jspecify.."));
    }

    @Test
    void packagesHaveNoCycles() {
        holds(SlicesRuleDefinition.slices()
                .matching("dev.espalier.(*)..")
                .should()
                .beFreeOfCycles());
    }
}
