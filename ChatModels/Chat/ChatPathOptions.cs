using Microsoft.Extensions.Options;

namespace ChatModels.Chat;

/// <summary>Limits of the chat path; <c>ChatModels:Chat</c> in configuration.</summary>
public sealed class ChatPathOptions
{
    /// <summary>How long a stream may stand still between two chunks before it ends with an error.</summary>
    public TimeSpan StreamIdleTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How many deployments one request may try.</summary>
    public int MaxAttempts { get; set; } = 4;
}

internal sealed class ChatPathOptionsValidator : IValidateOptions<ChatPathOptions>
{
    public ValidateOptionsResult Validate(string? name, ChatPathOptions options)
    {
        List<string> mistakes = [];
        if (options.StreamIdleTimeout < TimeSpan.FromMilliseconds(10) || options.StreamIdleTimeout > TimeSpan.FromHours(1))
        {
            mistakes.Add($"ChatModels:Chat:StreamIdleTimeout is {options.StreamIdleTimeout}; give a time from 00:00:00.010 to 01:00:00.");
        }

        if (options.MaxAttempts is < 1 or > 16)
        {
            mistakes.Add($"ChatModels:Chat:MaxAttempts is {options.MaxAttempts}; give a number from 1 to 16.");
        }

        return mistakes is [] ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes);
    }
}
