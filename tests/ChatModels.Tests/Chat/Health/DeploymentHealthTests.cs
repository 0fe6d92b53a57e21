using ChatModels.Chat;
using ChatModels.Chat.Health;
using Xunit;

namespace ChatModels.Tests.Chat.Health;

public sealed class DeploymentHealthTests
{
    private readonly HealthLab _lab = new(new ChatPathOptions { CooldownFailures = 3, Cooldown = TimeSpan.FromSeconds(5), MaxCooldown = TimeSpan.FromSeconds(30) });

    [Fact]
    public void ADeployment_CoolsDown_AfterSoManyFailuresInARow()
    {
        var health = _lab.Health();

        Fail(health, 2);
        Assert.Equal(Availability.Ready, health.At(_lab.Now));
        Fail(health);

        Assert.Equal(Availability.Cooling, health.At(_lab.Now));
        Assert.Equal(
            (ErrorCodes.UpstreamError, _lab.Clock.GetUtcNow() + TimeSpan.FromSeconds(5), 3L, 3),
            (health.Report().Reason, health.Report().Until, health.Report().Failures, health.Report().ConsecutiveFailures));
    }

    [Fact]
    public void ASuccess_EndsTheSeries()
    {
        var health = _lab.Health();

        Fail(health, 2);
        health.Succeeded();
        Fail(health, 2);

        Assert.Equal(Availability.Ready, health.At(_lab.Now));
    }

    [Fact]
    public void FailuresFarApart_AreNoSeries()
    {
        var health = _lab.Health();
        for (var i = 0; i < 10; i++)
        {
            Fail(health);
            _lab.Clock.Advance(TimeSpan.FromSeconds(61));
        }

        Assert.Equal(Availability.Ready, health.At(_lab.Now));
    }

    [Fact]
    public void AnAskedWait_IsKeptAtOnce_AndTheLaterDeadlineWins()
    {
        var health = _lab.Health();

        health.Failed(ErrorCodes.UpstreamRateLimited, TimeSpan.FromSeconds(20), wasTrial: false);
        health.Failed(ErrorCodes.UpstreamRateLimited, TimeSpan.FromSeconds(3), wasTrial: false);

        Assert.Equal(TimeSpan.FromSeconds(20), health.AskedWait(_lab.Now));
        _lab.Clock.Advance(TimeSpan.FromSeconds(19.9));
        Assert.Equal(Availability.Cooling, health.At(_lab.Now));
        _lab.Clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(Availability.HalfOpen, health.At(_lab.Now));
    }

    [Fact]
    public void ADateFarAhead_IsBelievedForAnHour()
    {
        var health = _lab.Health();

        health.Failed(ErrorCodes.UpstreamRateLimited, TimeSpan.FromDays(1), wasTrial: false);

        Assert.Equal(TimeSpan.FromHours(1), health.AskedWait(_lab.Now));
    }

    [Fact]
    public void EachCooldownWithoutSuccessBetween_IsTwiceAsLong_UpToTheLongest()
    {
        var health = _lab.Health();
        Fail(health, 3);

        var lengths = new List<double>();
        for (var i = 0; i < 5; i++)
        {
            lengths.Add((health.Report().Until!.Value - _lab.Clock.GetUtcNow()).TotalSeconds);
            _lab.Clock.Advance(health.Report().Until!.Value - _lab.Clock.GetUtcNow());
            Assert.True(health.TryBeginTrial(_lab.Now));
            health.Failed(ErrorCodes.UpstreamTimeout, null, wasTrial: true);
            health.EndTrial();
        }

        Assert.Equal([5, 10, 20, 30, 30], lengths);
    }

    [Fact]
    public void AFailureWhileItCools_DoesNotLengthenTheCooldown()
    {
        var health = _lab.Health();
        Fail(health, 3);

        Fail(health, 50);

        Assert.Equal(_lab.Clock.GetUtcNow() + TimeSpan.FromSeconds(5), health.Report().Until);
        Assert.Single(_lab.Logs.GetSnapshot());
    }

    [Fact]
    public void AnAnswer_EndsTheCooldown_AndTheNextOneIsShortAgain()
    {
        var health = _lab.Health();
        Fail(health, 3);
        _lab.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.True(health.TryBeginTrial(_lab.Now));

        health.Answered();
        health.EndTrial();

        Assert.Equal((Availability.Ready, null), (health.At(_lab.Now), health.Report().Reason));
        Fail(health, 3);
        Assert.Equal(_lab.Clock.GetUtcNow() + TimeSpan.FromSeconds(5), health.Report().Until);
        Assert.Equal(["cools", "back", "cools"], _lab.Logs.GetSnapshot().Select(r => r.Message.Contains("cools down", StringComparison.Ordinal) ? "cools" : "back"));
    }

    [Fact]
    public void ATrialThatDecidesNothing_LeavesThePlaceToTheNext()
    {
        var health = _lab.Health();
        Fail(health, 3);
        _lab.Clock.Advance(TimeSpan.FromSeconds(5));

        Assert.True(health.TryBeginTrial(_lab.Now));
        Assert.Equal(Availability.Cooling, health.At(_lab.Now));
        health.EndTrial();

        Assert.True(health.TryBeginTrial(_lab.Now));
    }

    [Fact]
    public void APlaceThatWasThoughtFree_IsNotTaken_WhenATrialHasDecidedMeanwhile()
    {
        var health = _lab.Health();
        Fail(health, 3);
        _lab.Clock.Advance(TimeSpan.FromSeconds(5));
        var seen = _lab.Now;
        Assert.True(health.TryBeginTrial(seen));
        health.Failed(ErrorCodes.UpstreamError, null, wasTrial: true);
        health.EndTrial();

        Assert.False(health.TryBeginTrial(seen));
    }

    [Fact]
    public void AProbeThatReachesIt_EndsACooldownBecauseOfConnecting_AndNoOther()
    {
        var unreachable = _lab.Health();
        var broken = _lab.Health();
        Fail(unreachable, 3, ErrorCodes.UpstreamUnreachable);
        Fail(broken, 3);

        unreachable.Reached();
        broken.Reached();

        Assert.Equal((Availability.Ready, Availability.Cooling), (unreachable.At(_lab.Now), broken.At(_lab.Now)));
    }

    [Fact]
    public void AProbeThatSaysDown_CoolsItDown_UntilARequestOrAProbeSaysOtherwise_OrNobodyDoes()
    {
        var health = _lab.Health();
        var at = _lab.Clock.GetUtcNow();

        Assert.True(health.Provider.Probed(at, isDown: true, TimeSpan.FromSeconds(90)));
        Assert.Equal((Availability.Cooling, ErrorCodes.ProviderUnhealthy), (health.At(_lab.Now), health.Report().Reason));
        health.Answered();
        Assert.Equal(Availability.Ready, health.At(_lab.Now));
        Assert.False(health.Provider.Probed(at, isDown: true, TimeSpan.FromSeconds(90)));
        Assert.Equal(Availability.Ready, health.At(_lab.Now));

        health.Provider.Probed(at.AddSeconds(30), isDown: true, TimeSpan.FromSeconds(90));
        Assert.Equal(Availability.Cooling, health.At(_lab.Now));
        health.Provider.Probed(at.AddSeconds(60), isDown: false, TimeSpan.FromSeconds(90));
        Assert.Equal(Availability.Ready, health.At(_lab.Now));

        health.Provider.Probed(at.AddSeconds(90), isDown: true, TimeSpan.FromSeconds(90));
        _lab.Clock.Advance(TimeSpan.FromSeconds(91));
        Assert.Equal(Availability.Ready, health.At(_lab.Now));
    }

    [Fact]
    public void WhileAllIsWell_AskingAndTelling_AllocatesNothing()
    {
        var health = _lab.Health();
        Tell(health, 1_000);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Tell(health, 10_000);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        static void Tell(DeploymentHealth health, int times)
        {
            for (var i = 0; i < times; i++)
            {
                if (health.At(1) == Availability.Ready)
                {
                    health.Attempted();
                    health.Answered();
                    health.Succeeded();
                }
            }
        }
    }

    private static void Fail(DeploymentHealth health, int times = 1, string reason = ErrorCodes.UpstreamError)
    {
        for (var i = 0; i < times; i++)
        {
            health.Failed(reason, null, wasTrial: false);
        }
    }
}
