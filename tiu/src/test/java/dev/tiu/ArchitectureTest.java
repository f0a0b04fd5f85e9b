package dev.tiu;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Command;
import dev.tiu.linux.CommandException;
import dev.tiu.linux.Dir;
import dev.tiu.linux.DirEntry;
import dev.tiu.linux.FileHandle;
import dev.tiu.linux.FileStatus;
import dev.tiu.linux.FileType;
import dev.tiu.linux.Glob;
import dev.tiu.linux.LinuxException;
import dev.tiu.linux.VersionOrder;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which module may use which: each knows only what stands above it in CONTRIBUTING's list. */
@AnalyzeClasses(packages = "dev.tiu", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String LINUX = "dev.tiu.linux..";
  private static final String VERITY = "dev.tiu.verity..";
  private static final String BUNDLE = "dev.tiu.bundle..";
  private static final String SNAPSHOT = "dev.tiu.snapshot..";
  private static final String ETC_MERGE = "dev.tiu.etcmerge..";
  private static final String BOOT = "dev.tiu.boot..";
  private static final String HEALTH_CHECK = "dev.tiu.health..";

  /** Everything of ours, whichever module. */
  private static final DescribedPredicate<JavaClass> OURS = resideInAPackage("dev.tiu..");

  /** Exact names, reading a tree, running a program: nothing that changes a machine. */
  private static final Set<String> READING =
      Stream.of(
              BytePath.class,
              FileType.class,
              FileStatus.class,
              Dir.class,
              DirEntry.class,
              FileHandle.class,
              Glob.class,
              LinuxException.class,
              Command.class,
              CommandException.class,
              VersionOrder.class)
          .map(Class::getName)
          .collect(Collectors.toUnmodifiableSet());

  /** Those classes, what is nested in them, and arrays of them. */
  private static final DescribedPredicate<JavaClass> READING_CLASSES =
      DescribedPredicate.describe(
          "are of linux's reading side",
          type -> READING.contains(type.getBaseComponentType().getName().split("\\$", -1)[0]));

  @ArchTest static final ArchRule linux_knows_no_other_module = mayUse(LINUX);

  @ArchTest static final ArchRule verity_knows_no_other_module = mayUse(VERITY);

  @ArchTest static final ArchRule bundle_uses_verity_and_reads_through_linux = bundleRule();

  @ArchTest
  static final ArchRule snapshot_uses_linux_and_bundle = mayUse(SNAPSHOT, LINUX, VERITY, BUNDLE);

  @ArchTest static final ArchRule etc_merge_uses_linux = mayUse(ETC_MERGE, LINUX);

  @ArchTest static final ArchRule boot_uses_linux = mayUse(BOOT, LINUX);

  @ArchTest
  static final ArchRule disks_know_nothing_of_boot_loaders = mayUse("dev.tiu.boot.disk..", LINUX);

  @ArchTest static final ArchRule health_check_uses_linux = mayUse(HEALTH_CHECK, LINUX);

  @ArchTest
  static final ArchRule modules_have_no_cycles =
      slices().matching("dev.tiu.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule linux_alone_calls_native_code =
      noClasses()
          .that()
          .resideOutsideOfPackage(LINUX)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.sun.jna..");

  @ArchTest
  static final ArchRule verity_alone_knows_bouncy_castle =
      noClasses()
          .that()
          .resideOutsideOfPackage(VERITY)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.bouncycastle..");

  @ArchTest
  static final ArchRule one_package_alone_talks_to_servers =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.tiu.bundle.http..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.net.http..", "javax.net..");

  @ArchTest
  static final ArchRule two_places_alone_unpack =
      noClasses()
          .that()
          .resideOutsideOfPackages(BUNDLE, "dev.tiu.boot.packed..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.apache.commons.compress..", "com.github.luben.zstd..", "org.tukaani.xz..");

  @ArchTest
  static final ArchRule programs_are_run_by_one_class =
      noClasses()
          .that()
          .resideOutsideOfPackage(LINUX)
          .should()
          .dependOnClassesThat()
          .belongToAnyOf(ProcessBuilder.class, Process.class);

  private static ArchRule mayUse(String module, String... others) {
    String[] allowed = new String[others.length + 1];
    allowed[0] = module;
    System.arraycopy(others, 0, allowed, 1, others.length);
    return classes()
        .that()
        .resideInAPackage(module)
        .should()
        .onlyDependOnClassesThat(resideInAnyPackage(allowed).or(DescribedPredicate.not(OURS)));
  }

  private static ArchRule bundleRule() {
    return classes()
        .that()
        .resideInAPackage(BUNDLE)
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(BUNDLE, VERITY)
                .or(READING_CLASSES)
                .or(DescribedPredicate.not(OURS)));
  }
}
