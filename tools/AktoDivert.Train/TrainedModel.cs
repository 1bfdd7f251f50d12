using AktoDivert.Guardrails.Detectors.Injection;

namespace AktoDivert.Train;

/// <summary>Weights while they are learnt.</summary>
internal sealed class TrainedModel
{
    /// <summary>A weight per feature.</summary>
    public float[] Weights { get; } = new float[1 << InjectionModel.Bits];

    /// <summary>Added to every score.</summary>
    public float Bias { get; set; }

    /// <summary>What the patterns weigh.</summary>
    public float Trust { get; set; } = 1;

    /// <summary>The log odds of a window.</summary>
    public double LogOdds(Window window)
    {
        var sum = 0.0;
        foreach (var feature in window.Features)
        {
            sum += Weights[feature];
        }

        return (sum / window.Norm) + Bias + (Trust * window.Evidence);
    }

    /// <summary>The score of a text.</summary>
    public double Score(Example example) =>
        example.Windows.Count == 0 ? 0 : InjectionModel.Score(example.Windows.Max(LogOdds), example.Sentences.Count);

    /// <summary>Writes the form that <see cref="InjectionModel.Read"/> reads.</summary>
    public void Save(string path) => File.WriteAllBytes(path, InjectionModel.Write(Weights, Bias, Trust));
}
