using ChatModels.Chat;
using ChatModels.Chat.Probing;
using Microsoft.Extensions.Options;
using Xunit;

namespace ChatModels.Tests.Chat;

public sealed class ChatPathOptionsTests
{
    [Fact]
    public void TheDefaults_AreFine()
    {
        Assert.True(new ChatPathOptionsValidator().Validate(null, new ChatPathOptions()).Succeeded);
        Assert.True(new ProbeOptionsValidator().Validate(null, new ProbeOptions()).Succeeded);
    }

    [Fact]
    public async Task EveryMistake_IsNamedAtTheStart_WithItsKeyAndTheCure()
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => ChatHost.StartAsync(
            ("ChatModels:Chat:OverallDeadline", "00:00:00"),
            ("ChatModels:Chat:CooldownFailures", "0"),
            ("ChatModels:Chat:MaxCooldown", "00:00:01"),
            ("ChatModels:Chat:QueueLimit", "-1"),
            ("ChatModels:Chat:HeaderHold", "01:00:00")));

        Assert.Equal(
            [
                "ChatModels:Chat:CooldownFailures is 0; give a number from 1 to 1000.",
                "ChatModels:Chat:HeaderHold is 01:00:00; give a time from 00:00:00.0100000 to 00:05:00.",
                "ChatModels:Chat:MaxCooldown is 00:00:01 and shorter than ChatModels:Chat:Cooldown, 00:00:05; give at least that.",
                "ChatModels:Chat:OverallDeadline is 00:00:00; give a time from 00:00:01 to 02:00:00.",
                "ChatModels:Chat:QueueLimit is -1; give a number from 0 to 100000.",
            ],
            failure.Failures.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void ProbesHaveLimitsToo()
    {
        var options = new ProbeOptions { Interval = TimeSpan.Zero, Parallelism = 0 };

        Assert.Equal(
            ["ChatModels:Probes:Interval is 00:00:00; give a time from 00:00:00.1000000 to 01:00:00.", "ChatModels:Probes:Parallelism is 0; give a number from 1 to 256."],
            new ProbeOptionsValidator().Validate(null, options).Failures!);
    }
}
