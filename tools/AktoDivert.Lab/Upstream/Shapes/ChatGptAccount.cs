namespace AktoDivert.Lab.Upstream.Shapes;

/// <summary>What Codex asks first when signed in with ChatGPT: which workspace, and on which origin its API stands.</summary>
internal static class ChatGptAccount
{
    public static Task AnswerAsync(HttpContext context)
    {
        var account = context.Request.Headers["chatgpt-account-id"].ToString() is { Length: > 0 } named ? named : "acc-lab-0";
        return Answers.JsonAsync(context, 200, new
        {
            accounts = new[]
            {
                new
                {
                    id = account,
                    account_user_id = $"user__{account}",
                    name = "Lab",
                    structure = "personal",
                    plan_type = "plus",
                    is_deactivated = false,
                    profile_picture_url = (string?)null,
                    workspace_backend_origin = "https://chatgpt.com",
                    account_routing_override = "NO_CONSTRAINT",
                },
            },
            account_ordering = new[] { account },
            default_account_id = account,
        });
    }
}
