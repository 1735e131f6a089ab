package dev.orthant.core.testing;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.spi.MergeTensor;
import dev.orthant.core.spi.Merger;
import dev.orthant.core.spi.MergerFactory;
import dev.orthant.core.spi.MergerLaw;
import dev.orthant.core.spi.MergerTraits;
import dev.orthant.core.spi.MergerTraits.Granularity;
import dev.orthant.core.spi.MergerTraits.Space;
import dev.orthant.core.spi.Reference;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Mergers that break one law each, and one that breaks none. */
final class MergerContractTest {

  private static final None NONE = new None();

  @Test
  void soundMergerPasses() {
    Trial sound = new Trial(MergerContractTest::sum);

    assertThatCode(
            () -> {
              sound.oneInputOfWeightOneIsReturned(NONE);
              sound.orderOfEquallyWeightedInputsDoesNotMatter(NONE);
              sound.zerosMergeToZero(NONE);
              sound.positiveFactorsPassThrough(NONE);
              sound.sumsPassThrough(NONE);
              sound.lowRankAndDenseInputsGiveTheSame(NONE);
              sound.inputsAreNotModified(NONE);
              sound.equalSeedsGiveEqualBitsOnAnyThreads(NONE);
              sound.mismatchedShapesFailNamingTheTensor(NONE);
            })
        .doesNotThrowAnyException();
  }

  @Test
  void halvingBreaksTheIdentity() {
    Trial broken = new Trial(tensor -> sum(tensor).times(0.5));

    assertFails(() -> broken.oneInputOfWeightOneIsReturned(NONE));
  }

  @Test
  void preferringTheFirstInputBreaksTheOrder() {
    Trial broken = new Trial(tensor -> tensor.delta(0));

    assertFails(() -> broken.orderOfEquallyWeightedInputsDoesNotMatter(NONE));
  }

  @Test
  void addingAConstantBreaksZeroAndHomogeneity() {
    Trial broken = new Trial(tensor -> new DenseDelta(sum(tensor).dense().addi(1)));

    assertFails(() -> broken.zerosMergeToZero(NONE));
    assertFails(() -> broken.positiveFactorsPassThrough(NONE));
  }

  @Test
  void takingMagnitudesBreaksLinearity() {
    Trial broken =
        new Trial(
            tensor -> {
              INDArray sum = sum(tensor).dense();
              return new DenseDelta(sum.mul(sum.gt(0).castTo(sum.dataType())));
            });

    assertFails(() -> broken.sumsPassThrough(NONE));
  }

  @Test
  void treatingFactorsOnTheirOwnBreaksTheAgreementWithDenseDeltas() {
    Trial broken =
        new Trial(
            tensor -> {
              if (!(tensor.delta(0) instanceof LoraDelta)) {
                return sum(tensor);
              }
              INDArray b = null; // sums of factors instead of sums of products
              INDArray a = null;
              for (int i = 0; i < tensor.inputs(); i++) {
                LoraDelta delta = (LoraDelta) tensor.delta(i);
                b = b == null ? delta.b().dup('c') : b.add(delta.b());
                a = a == null ? delta.a().dup('c') : a.add(delta.a());
              }
              return new LoraDelta(b, a, 1);
            });

    assertFails(() -> broken.lowRankAndDenseInputsGiveTheSame(NONE));
  }

  @Test
  void addingIntoTheFirstInputModifiesIt() {
    Trial broken =
        new Trial(
            tensor -> {
              if (tensor.delta(0) instanceof DenseDelta first) {
                return new DenseDelta(first.values().addi(tensor.delta(1).dense()));
              }
              return sum(tensor);
            });

    assertFails(() -> broken.inputsAreNotModified(NONE));
  }

  @Test
  void returningAnInputItselfCountsAsModifyingIt() {
    Trial broken = new Trial(tensor -> tensor.delta(0));

    assertFails(() -> broken.inputsAreNotModified(NONE));
  }

  @Test
  void randomNumbersOfItsOwnBreakReproducibility() {
    Random random = new Random(1);
    Trial broken = new Trial(tensor -> sum(tensor).times(random.nextDouble()));

    assertFails(() -> broken.equalSeedsGiveEqualBitsOnAnyThreads(NONE));
  }

  @Test
  void countingTensorsBreaksTheIndependenceOfTheirOrder() {
    Trial broken =
        new Trial(
            () -> {
              AtomicInteger seen = new AtomicInteger();
              return tensor -> sum(tensor).times(seen.incrementAndGet());
            });

    assertFails(() -> broken.equalSeedsGiveEqualBitsOnAnyThreads(NONE));
  }

  private static void assertFails(Runnable law) {
    assertThatThrownBy(law::run).isInstanceOf(AssertionError.class);
  }

  private static Delta sum(MergeTensor tensor) {
    INDArray sum = tensor.delta(0).dense();
    for (int i = 1; i < tensor.inputs(); i++) {
      sum.addi(tensor.delta(i).dense());
    }
    return new DenseDelta(sum);
  }

  /** No configuration. */
  record None() {}

  /** The contract of a merger that is given as a function and claims every law. */
  private static final class Trial extends MergerContract<None> {

    private final Supplier<Merger> merger;

    Trial(Merger merger) {
      this(() -> merger);
    }

    Trial(Supplier<Merger> merger) {
      this.merger = merger;
    }

    @Override
    protected None asIdentity(None config) {
      return config;
    }

    @Override
    protected MergerFactory<None> factory() {
      return new MergerFactory<>() {
        @Override
        public String name() {
          return "fake";
        }

        @Override
        public None defaults() {
          return NONE;
        }

        @Override
        public List<Reference> references() {
          return List.of();
        }

        @Override
        public String summary() {
          return "for tests of the contract";
        }

        @Override
        public Merger create(None config) {
          return merger.get();
        }

        @Override
        public MergerTraits traits(None config) {
          return new MergerTraits(
              Granularity.ELEMENT, Set.of(), Set.of(Space.FULL), 1, Integer.MAX_VALUE, false);
        }

        @Override
        public Set<MergerLaw> laws() {
          return EnumSet.allOf(MergerLaw.class);
        }
      };
    }
  }
}
