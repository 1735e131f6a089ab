package dev.orthant.core.nn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orthant.core.kernel.PortableKernels;
import dev.orthant.core.spi.AdapterContext;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

final class PassTest {

  @Test
  void buffersOfOneNameAndShapeKeepTheirContents() {
    try (Pass pass = new Pass(new PortableKernels(), AdapterSet.none())) {
      pass.buffer("x", 3, 4).assign(7);
      pass.buffer("y", 3, 4).assign(8);

      assertThat(pass.buffer("x", 3, 4).sumNumber().intValue()).isEqualTo(84);
    }
  }

  @Test
  void memoryGrowsOnlyBeyondTheLargestShape() {
    try (Pass pass = new Pass(new PortableKernels(), AdapterSet.none())) {
      INDArray large = pass.buffer("x", 30, 4);
      long bytes = pass.bytes();

      INDArray small = pass.buffer("x", 3, 4);

      assertThat(small.shape()).containsExactly(3, 4);
      assertThat(small.data().address()).isEqualTo(large.data().address());
      assertThat(pass.bytes()).isEqualTo(bytes).isEqualTo(480);
      pass.buffer("x", 31, 4);
      assertThat(pass.bytes()).isBetween(496L, 1000L);
    }
  }

  @Test
  void adaptersHaveScratchOfTheirOwn() {
    try (Pass pass = new Pass(new PortableKernels(), AdapterSet.none())) {
      AdapterContext query = pass.context("query");
      AdapterContext value = pass.context("value");
      query.scratch("h", 5, 2).assign(1);
      value.scratch("h", 5, 2).assign(2);
      query.scratch("h", 5, 3).assign(3);

      assertThat(query.scratch("h", 5, 2).sumNumber().intValue()).isEqualTo(10);
      assertThat(query.scratch("h", 5, 3).sumNumber().intValue()).isEqualTo(45);
    }
  }

  @Test
  void dropoutSeedsDependOnStepAndModule() {
    try (Pass pass = new Pass(new PortableKernels(), AdapterSet.none())) {
      pass.training(true, 1);
      long query = pass.context("query").dropoutSeed();
      long value = pass.context("value").dropoutSeed();
      pass.training(true, 2);
      long next = pass.context("query").dropoutSeed();
      pass.training(true, 1);

      assertThat(query).isNotEqualTo(value).isNotEqualTo(next);
      assertThat(pass.context("query").dropoutSeed()).isEqualTo(query);
      assertThat(pass.context("query").training()).isTrue();
    }
  }
}
