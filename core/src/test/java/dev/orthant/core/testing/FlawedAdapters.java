package dev.orthant.core.testing;

import dev.orthant.core.adapter.FactorChain;
import dev.orthant.core.adapter.InitialA;
import dev.orthant.core.adapter.LowRankFactors;
import dev.orthant.core.lowrank.Delta;
import dev.orthant.core.lowrank.DenseDelta;
import dev.orthant.core.lowrank.LoraDelta;
import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.AdapterContext;
import dev.orthant.core.spi.AdapterExport;
import dev.orthant.core.spi.AdapterFactory;
import dev.orthant.core.spi.AdapterLaw;
import dev.orthant.core.spi.AdapterSite;
import dev.orthant.core.spi.Parameter;
import dev.orthant.core.spi.Reference;
import dev.orthant.core.spi.Site;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A low-rank adapter that can be broken in one way at a time. */
final class FlawedAdapters implements AdapterFactory<FlawedAdapters.Config> {

  /** What is wrong. */
  enum Flaw {
    NONE,
    STARTS_CHANGED,
    STARTS_FAR_OFF,
    WRONG_FORWARD,
    NEEDS_ITS_OWN_RESULT,
    WRONG_INPUT_GRADIENT,
    WRONG_PARAMETER_GRADIENT,
    OVERWRITES_GRADIENTS,
    TOUCHES_UNWANTED_GRADIENT,
    KEEPS_THE_LAST_INPUT,
    DRAWS_WITHOUT_SEED,
    KEEPS_A_SECRET,
    LENDS_ITS_ARRAYS,
    WRONG_EXPORT,
    IGNORES_ALPHA,
    EXCEEDS_ITS_RANK,
    IGNORES_THE_BASIS
  }

  record Config(int rank, double alpha) {}

  private final Flaw flaw;

  FlawedAdapters(Flaw flaw) {
    this.flaw = flaw;
  }

  @Override
  public String name() {
    return "flawed";
  }

  @Override
  public Config defaults() {
    return new Config(3, 6);
  }

  @Override
  public List<Reference> references() {
    return List.of();
  }

  @Override
  public String summary() {
    return "an adapter that is broken on purpose";
  }

  @Override
  public Map<String, Config> plan(Config config, List<Site> sites) {
    return Map.of(sites.get(0).module(), config);
  }

  @Override
  public int rank(Config config) {
    return flaw == Flaw.EXCEEDS_ITS_RANK ? config.rank - 1 : config.rank;
  }

  @Override
  public Set<AdapterLaw> laws() {
    return EnumSet.allOf(AdapterLaw.class);
  }

  @Override
  public Adapter create(Config config, AdapterSite site) {
    return new FlawedAdapter(config, site);
  }

  private final class FlawedAdapter implements Adapter {

    private final Config config;
    private final double scaling;
    private final Parameter a;
    private final Parameter b;
    private final FactorChain chain;
    private final INDArray secret; // [dOut, dIn]
    private @Nullable INDArray lastInput;

    FlawedAdapter(Config config, AdapterSite site) {
      this.config = config;
      this.scaling = flaw == Flaw.IGNORES_ALPHA ? 1 : config.alpha / config.rank;
      this.a = a(site);
      this.b = LowRankFactors.b(site, config.rank);
      this.chain = new FactorChain(List.of(a, b), scaling, 0);
      this.secret = InitialA.KAIMING.draw(site.random(), site.site().dOut(), site.site().dIn());
      if (flaw == Flaw.STARTS_CHANGED) {
        b.value().addi(1e-6);
      }
      if (flaw == Flaw.STARTS_FAR_OFF) {
        b.value().addi(1e-3);
      }
    }

    private Parameter a(AdapterSite site) {
      int dIn = site.site().dIn();
      return switch (flaw) {
        case DRAWS_WITHOUT_SEED ->
            Parameter.trainable("lora_A", InitialA.KAIMING.draw(new Random(), config.rank, dIn));
        case IGNORES_THE_BASIS, EXCEEDS_ITS_RANK ->
            Parameter.trainable("lora_A", InitialA.KAIMING.draw(site.random(), config.rank, dIn));
        default -> LowRankFactors.a(site, config.rank, InitialA.KAIMING);
      };
    }

    @Override
    public List<Parameter> parameters() {
      return chain.factors();
    }

    @Override
    public void forward(AdapterContext context, INDArray x, INDArray base, INDArray y) {
      lastInput = x.dup();
      if (flaw == Flaw.NEEDS_ITS_OWN_RESULT) {
        y.assign(0);
      }
      chain.forward(context, x, base, y);
      if (flaw == Flaw.WRONG_FORWARD) {
        y.addi(1e-3);
      }
    }

    @Override
    public void backward(
        AdapterContext context, INDArray x, INDArray dy, INDArray dx, boolean needsInputGradient) {
      if (flaw == Flaw.OVERWRITES_GRADIENTS) {
        parameters().forEach(p -> p.gradient().assign(0));
      }
      INDArray input = flaw == Flaw.KEEPS_THE_LAST_INPUT && lastInput != null ? lastInput : x;
      boolean always = flaw == Flaw.TOUCHES_UNWANTED_GRADIENT;
      chain.backward(context, input, dy, dx, needsInputGradient || always);
      if (flaw == Flaw.WRONG_INPUT_GRADIENT) {
        dx.muli(1.01);
      }
      if (flaw == Flaw.WRONG_PARAMETER_GRADIENT) {
        b.gradient().muli(1.01);
      }
    }

    @Override
    public Delta delta() {
      LoraDelta own = new LoraDelta(b.value(), a.value(), scaling);
      return switch (flaw) {
        case LENDS_ITS_ARRAYS -> own;
        case KEEPS_A_SECRET -> new DenseDelta(own.dense().add(secret));
        default -> new LoraDelta(b.value().dup(), a.value().dup(), scaling);
      };
    }

    @Override
    public AdapterExport export() {
      double alpha = flaw == Flaw.WRONG_EXPORT ? 2 * config.alpha : config.alpha;
      return new AdapterExport(
          Map.of("lora_A.weight", a.value().dup(), "lora_B.weight", b.value().dup()),
          config.rank,
          alpha,
          false,
          0,
          Map.of());
    }
  }
}
