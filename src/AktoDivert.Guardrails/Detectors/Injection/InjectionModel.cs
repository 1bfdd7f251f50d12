using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace AktoDivert.Guardrails.Detectors.Injection;

/// <summary>A linear model over hashed features and the patterns; trained by <c>tools/AktoDivert.Train</c>.</summary>
/// <param name="weights">A weight per feature, in steps of <paramref name="scale"/>.</param>
/// <param name="scale">Step of the weights.</param>
/// <param name="bias">Added to every score.</param>
/// <param name="trust">What the patterns weigh.</param>
internal sealed class InjectionModel(sbyte[] weights, float scale, float bias, float trust)
{
    /// <summary>Features are told apart by this many bits of their hash.</summary>
    public const int Bits = 18;

    /// <summary>Fewest features that a window is taken to have: a lone word is no evidence.</summary>
    public const int FewestFeatures = 16;

    private const int Header = 12;
    private const double LeastDoubt = 0.02;
    private const int ShortText = 8;
    private const double Strictness = 0.5;

    /// <summary>The model of this build.</summary>
    public static InjectionModel Load()
    {
        using var stream = typeof(InjectionModel).Assembly.GetManifestResourceStream("injection-weights.bin")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return Read(bytes);
    }

    /// <summary>Reads scale, bias, trust (32-bit floats, little endian) and weights (signed bytes).</summary>
    public static InjectionModel Read(ReadOnlySpan<byte> file)
    {
        var weights = new sbyte[1 << Bits];
        MemoryMarshal.Cast<byte, sbyte>(file[Header..]).CopyTo(weights);
        return new InjectionModel(
            weights, BinaryPrimitives.ReadSingleLittleEndian(file), BinaryPrimitives.ReadSingleLittleEndian(file[4..]), BinaryPrimitives.ReadSingleLittleEndian(file[8..]));
    }

    /// <summary>Writes the form that <see cref="Read"/> reads.</summary>
    public static byte[] Write(ReadOnlySpan<float> weights, float bias, float trust)
    {
        var scale = 1e-6f;
        foreach (var weight in weights)
        {
            scale = Math.Max(scale, Math.Abs(weight) / sbyte.MaxValue);
        }

        var file = new byte[Header + weights.Length];
        BinaryPrimitives.WriteSingleLittleEndian(file, scale);
        BinaryPrimitives.WriteSingleLittleEndian(file.AsSpan(4), bias);
        BinaryPrimitives.WriteSingleLittleEndian(file.AsSpan(8), trust);
        for (var i = 0; i < weights.Length; i++)
        {
            file[Header + i] = (byte)(sbyte)Math.Round(weights[i] / scale);
        }

        return file;
    }

    /// <summary>Weight of a feature, in steps.</summary>
    public int Weight(uint feature) => weights[feature & ((1 << Bits) - 1)];

    /// <summary>How likely a window is an attack, as log odds.</summary>
    /// <param name="sum">Sum of the weights of its features.</param>
    /// <param name="count">Number of its features.</param>
    /// <param name="doubt">What the patterns leave of doubt, 0 to 1.</param>
    public double LogOdds(int sum, int count, double doubt) => (sum * scale / Math.Sqrt(Math.Max(count, FewestFeatures))) + bias + (trust * Evidence(doubt));

    /// <summary>What patterns that leave this doubt say.</summary>
    public static double Evidence(double doubt) => -Math.Log(Math.Max(doubt, LeastDoubt));

    /// <summary>The score, 0 to 1, of a text by its worst window. A long one has so many windows that one of them always looks odd.</summary>
    /// <param name="logOdds">Of its worst window.</param>
    /// <param name="sentences">Sentences of the text.</param>
    public static double Score(double logOdds, int sentences) =>
        1 / (1 + Math.Exp(-(logOdds - (Strictness * Math.Log(Math.Max(1, (double)sentences / ShortText))))));
}
