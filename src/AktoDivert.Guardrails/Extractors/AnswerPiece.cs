using AktoDivert.Guardrails.Calls;

namespace AktoDivert.Guardrails.Extractors;

/// <summary>A text within one event of an answer.</summary>
/// <param name="Node">The string.</param>
/// <param name="Channel">What it continues: texts of one channel, put together in order, are one text.</param>
/// <param name="Kind">What it is.</param>
/// <param name="IsWhole">Whether it repeats, or is, the whole text of something instead of continuing its channel.</param>
/// <param name="IsGrowing">Whether a later event repeats it with more behind it.</param>
internal readonly record struct AnswerPiece(int Node, string Channel, TextKind Kind, bool IsWhole, bool IsGrowing = false);
