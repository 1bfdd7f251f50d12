namespace AktoDivert.Guardrails.Extractors.Shapes;

/// <summary>Fields that several of OpenAI's APIs share.</summary>
internal static class OpenAiFields
{
    /// <summary>Id and model of an answer.</summary>
    public static void Answer(AnswerReader answer)
    {
        answer.Call.ResponseId = answer.Tree.Word(answer.Member("id"u8)) ?? answer.Call.ResponseId;
        answer.Call.ResponseModel = answer.Tree.Word(answer.Member("model"u8)) ?? answer.Call.ResponseModel;
    }

    /// <summary>Token counts of chat and completions; cached ones are among the prompt's.</summary>
    public static void ChatUsage(AnswerReader answer, int usage)
    {
        var (tree, call) = (answer.Tree, answer.Call);
        call.InputTokens = tree.Number(tree.Member(usage, "prompt_tokens"u8)) ?? call.InputTokens;
        call.OutputTokens = tree.Number(tree.Member(usage, "completion_tokens"u8)) ?? call.OutputTokens;
        call.CacheReadTokens = tree.Number(tree.Member(usage, "prompt_tokens_details"u8, "cached_tokens"u8)) ?? call.CacheReadTokens;
        call.ReasoningTokens = tree.Number(tree.Member(usage, "completion_tokens_details"u8, "reasoning_tokens"u8)) ?? call.ReasoningTokens;
    }
}
