namespace AktoDivert.Guardrails.Detectors.Injection;

/// <summary>Takes what a <see cref="FeatureReader"/> reads. A struct, so that reading costs no call.</summary>
internal interface IFeatureSink
{
    /// <summary>One feature of the sentence.</summary>
    /// <param name="hash">Its hash; the low <see cref="InjectionModel.Bits"/> bits select the weight.</param>
    void Feature(uint hash);

    /// <summary>A pattern of <see cref="InjectionPatterns"/> was met; its feature follows.</summary>
    void Pattern(int index);

    /// <summary>The sentence ends before this index.</summary>
    void Sentence(int end);
}
