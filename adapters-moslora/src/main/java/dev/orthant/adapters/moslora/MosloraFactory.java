package dev.orthant.adapters.moslora;

import dev.orthant.adapters.moslora.MosloraConfig.MixerInit;
import dev.orthant.adapters.moslora.MosloraConfig.MixerUse;
import dev.orthant.core.adapter.InitialA;
import dev.orthant.core.adapter.LowRankFactors;
import dev.orthant.core.spi.Adapter;
import dev.orthant.core.spi.AdapterFactory;
import dev.orthant.core.spi.AdapterLaw;
import dev.orthant.core.spi.AdapterSite;
import dev.orthant.core.spi.ConstrainedBasis;
import dev.orthant.core.spi.ConstrainedBasis.Side;
import dev.orthant.core.spi.Parameter;
import dev.orthant.core.spi.Reference;
import dev.orthant.core.spi.Site;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * MoSLoRA: a trained mixer between LoRA's factors lets every direction of A reach every direction
 * of B,
 *
 * <pre>
 *   delta = scaling * B mixer A,   A [rank, dIn],  mixer [rank, rank],  B [dOut, rank]
 *   scaling = alpha / rank, or alpha / sqrt(rank) if rank-stabilised
 * </pre>
 *
 * <p>B (or, by configuration, the mixer) starts at zero, so that a fresh adapter changes nothing.
 * {@code delta} and {@code export} fold the mixer into A ({@code A' = mixer * A}): the exported
 * adapter is plain LoRA. The rows of {@code mixer * A} are combinations of A's rows. So with A
 * frozen at a constraint's basis the delta stays within the constrained subspace while the mixer
 * and B train.
 *
 * <p>Wu et al., "Mixture-of-Subspaces in Low-Rank Adaptation", EMNLP 2024.
 */
public final class MosloraFactory implements AdapterFactory<MosloraConfig> {

  /** For {@link java.util.ServiceLoader}. */
  public MosloraFactory() {}

  @Override
  public String name() {
    return "moslora";
  }

  @Override
  public String summary() {
    return "low-rank adapter with a trained mixer, delta = scaling * B mixer A";
  }

  @Override
  public MosloraConfig defaults() {
    return MosloraConfig.defaults();
  }

  @Override
  public List<Reference> references() {
    return List.of(new Reference("Mixture-of-Subspaces in Low-Rank Adaptation", "2406.11909"));
  }

  @Override
  public Map<String, MosloraConfig> plan(MosloraConfig config, List<Site> sites) {
    return config.settings().plan(sites, config::at);
  }

  @Override
  public int rank(MosloraConfig config) {
    return config.rank();
  }

  @Override
  public Adapter create(MosloraConfig config, AdapterSite site) {
    int rank = config.rank();
    // the mixer is drawn first: of one seed, it is the same with and without a constraint on A
    INDArray drawn = Mixers.draw(config.mixerInit(), site.random(), rank); // [rank, rank]
    Parameter a = LowRankFactors.a(site, rank, config.init());
    if (config.mixer() == MixerUse.FOLDED) {
      a.value().assign(Mixers.fold(drawn, a.value()));
    }
    return new MosloraAdapter(config, a, mixer(config, site, drawn), b(config, site));
  }

  private static Parameter mixer(MosloraConfig config, AdapterSite site, INDArray drawn) {
    Double ratio = config.mixerLearningRateRatio();
    Supplier<Parameter> trained =
        () -> {
          Parameter mixer = Parameter.trainable(LowRankFactors.MIXER, drawn);
          return ratio == null ? mixer : mixer.withLearningRateMultiplier(ratio);
        };
    return switch (config.mixer()) {
      case TRAINED -> trained.get();
      case SHARED -> site.sharedParameter(LowRankFactors.MIXER + "." + config.rank(), trained);
      case FROZEN -> Parameter.frozen(LowRankFactors.MIXER, drawn);
      case FOLDED -> Parameter.frozen(LowRankFactors.MIXER, Mixers.identity(config.rank()));
    };
  }

  /** B is zero, except beside a mixer of zeros. */
  private static Parameter b(MosloraConfig config, AdapterSite site) {
    Parameter b = LowRankFactors.b(site, config.rank());
    if (config.mixerInit() instanceof MixerInit.Zero) {
      if (site.basis().map(ConstrainedBasis::side).equals(Optional.of(Side.OUTPUT))) {
        throw new IllegalArgumentException(
            "mixer_init zero cannot be trained with a constraint that gives B: A is zero too, so all gradients stay zero; choose another mixer_init");
      }
      b.value().assign(InitialA.KAIMING.draw(site.random(), site.site().dOut(), config.rank()));
    }
    return b;
  }

  @Override
  public Set<AdapterLaw> laws() {
    return EnumSet.allOf(AdapterLaw.class);
  }
}
