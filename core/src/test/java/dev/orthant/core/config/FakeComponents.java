package dev.orthant.core.config;

import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.AdapterFactory;
import dev.orthant.core.spi.AdapterLaw;
import dev.orthant.core.spi.AdapterSite;
import dev.orthant.core.spi.ConstraintLaw;
import dev.orthant.core.spi.Hold;
import dev.orthant.core.spi.Merger;
import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.spi.MergerLaw;
import dev.orthant.core.spi.MergerTraits;
import dev.orthant.core.spi.MergerTraits.Granularity;
import dev.orthant.core.spi.MergerTraits.Space;
import dev.orthant.core.spi.Reference;
import dev.orthant.core.spi.Site;
import dev.orthant.core.spi.SubspaceConstraint;
import dev.orthant.core.spi.SubspaceConstraintFactory;
import dev.orthant.core.text.TaskData;
import dev.orthant.core.text.TaskFactory;
import dev.orthant.core.text.TaskRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Components that have a configuration and do nothing. */
final class FakeComponents {

  private FakeComponents() {}

  record AdapterConfig(int rank, double alpha) {
    AdapterConfig {
      if (rank < 1) {
        throw new IllegalArgumentException("rank must be at least 1, was " + rank);
      }
    }
  }

  record ConstraintConfig(Hold hold) {}

  record MergerConfig(double lambda, int sign) {
    MergerConfig {
      if (!(lambda >= 0)) {
        throw new IllegalArgumentException("lambda must be at least 0, was " + lambda);
      }
    }
  }

  record TaskConfig(String task, Path folder) {}

  static final class FakeTask implements TaskFactory<TaskConfig> {

    @Override
    public String name() {
      return "fake-task";
    }

    @Override
    public TaskConfig defaults() {
      return new TaskConfig("one", Path.of("rows"));
    }

    @Override
    public List<Reference> references() {
      return List.of();
    }

    @Override
    public String summary() {
      return "Fake";
    }

    @Override
    public TaskData read(TaskConfig config, TaskRequest request) {
      return new TaskData(request.name(), List.of(), List.of(), List.of(), List.of());
    }
  }

  static final class FakeAdapter implements AdapterFactory<AdapterConfig> {

    @Override
    public String name() {
      return "fake-adapter";
    }

    @Override
    public AdapterConfig defaults() {
      return new AdapterConfig(8, 8);
    }

    @Override
    public List<Reference> references() {
      return List.of();
    }

    @Override
    public String summary() {
      return "Does nothing.";
    }

    @Override
    public Map<String, AdapterConfig> plan(AdapterConfig config, List<Site> sites) {
      return Map.of();
    }

    @Override
    public int rank(AdapterConfig config) {
      return config.rank();
    }

    @Override
    public Adapter create(AdapterConfig config, AdapterSite site) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Set<AdapterLaw> laws() {
      return Set.of();
    }
  }

  static final class FakeConstraint implements SubspaceConstraintFactory<ConstraintConfig> {

    @Override
    public String name() {
      return "fake-constraint";
    }

    @Override
    public ConstraintConfig defaults() {
      return new ConstraintConfig(new Hold.InitOnly());
    }

    @Override
    public List<Reference> references() {
      return List.of();
    }

    @Override
    public String summary() {
      return "Does nothing.";
    }

    @Override
    public SubspaceConstraint create(ConstraintConfig config) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Set<ConstraintLaw> laws() {
      return Set.of();
    }
  }

  static final class FakeMerger implements MergerFactory<MergerConfig> {

    @Override
    public String name() {
      return "fake-merger";
    }

    @Override
    public MergerConfig defaults() {
      return new MergerConfig(1, 1);
    }

    @Override
    public List<Reference> references() {
      return List.of();
    }

    @Override
    public String summary() {
      return "Does nothing.";
    }

    @Override
    public Merger create(MergerConfig config) {
      throw new UnsupportedOperationException();
    }

    @Override
    public MergerTraits traits(MergerConfig config) {
      return new MergerTraits(
          Granularity.ELEMENT, Set.of(), Set.of(Space.FULL, Space.CORE), 1, 2, false);
    }

    @Override
    public Set<MergerLaw> laws() {
      return Set.of();
    }
  }
}
