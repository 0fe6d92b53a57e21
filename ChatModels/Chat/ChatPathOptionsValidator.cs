using Microsoft.Extensions.Options;

namespace ChatModels.Chat;

internal sealed class ChatPathOptionsValidator : IValidateOptions<ChatPathOptions>
{
    private static readonly TimeSpan Instant = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    public ValidateOptionsResult Validate(string? name, ChatPathOptions options)
    {
        List<string> mistakes = [];
        Check(nameof(options.StreamIdleTimeout), options.StreamIdleTimeout, Instant, Hour, mistakes);
        Check(nameof(options.MaxAttempts), options.MaxAttempts, 1, 16, mistakes);
        Check(nameof(options.OverallDeadline), options.OverallDeadline, TimeSpan.FromSeconds(1), TimeSpan.FromHours(2), mistakes);
        Check(nameof(options.MaxBackOff), options.MaxBackOff, TimeSpan.Zero, TimeSpan.FromMinutes(1), mistakes);
        Check(nameof(options.CooldownFailures), options.CooldownFailures, 1, 1_000, mistakes);
        Check(nameof(options.Cooldown), options.Cooldown, Instant, Hour, mistakes);
        Check(nameof(options.MaxCooldown), options.MaxCooldown, Instant, TimeSpan.FromDays(1), mistakes);
        Check(nameof(options.QueueLimit), options.QueueLimit, 0, 100_000, mistakes);
        Check(nameof(options.HeaderHold), options.HeaderHold, Instant, TimeSpan.FromMinutes(5), mistakes);
        Check(nameof(options.KeepAliveInterval), options.KeepAliveInterval, Instant, TimeSpan.FromMinutes(5), mistakes);
        if (options.MaxCooldown < options.Cooldown)
        {
            mistakes.Add($"ChatModels:Chat:MaxCooldown is {options.MaxCooldown} and shorter than ChatModels:Chat:Cooldown, {options.Cooldown}; give at least that.");
        }

        return mistakes is [] ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes);
    }

    private static void Check(string key, TimeSpan value, TimeSpan least, TimeSpan most, List<string> mistakes)
    {
        if (value < least || value > most)
        {
            mistakes.Add($"ChatModels:Chat:{key} is {value}; give a time from {least:c} to {most:c}.");
        }
    }

    private static void Check(string key, int value, int least, int most, List<string> mistakes)
    {
        if (value < least || value > most)
        {
            mistakes.Add($"ChatModels:Chat:{key} is {value}; give a number from {least} to {most}.");
        }
    }
}
