using ChatModels.Chat;
using ChatModels.Chat.Routing;
using ChatModels.Telemetry;
using ChatModels.Tests.Chat.Health;
using Xunit;

namespace ChatModels.Tests.Chat.Routing;

public sealed class DeploymentPickerTests
{
    private readonly HealthLab _lab = new(new ChatPathOptions { CooldownFailures = 1 });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void AnyDeployments_ShareRequestsByWeight_InTheLowestHealthyPriorityAlone(int seed)
    {
        const int Picks = 20_000;
        var random = new Random(seed);
        for (var round = 0; round < 10; round++)
        {
            var route = _lab.Route([.. Enumerable.Range(0, random.Next(1, 13)).Select(_ => (random.Next(1, 20), random.Next(0, 3)))]);
            var cooling = route.Candidates.Where(_ => random.Next(4) == 0).ToHashSet();
            Cool([.. cooling]);
            var standing = route.Candidates.Except(cooling).ToArray();
            if (standing.Length == 0)
            {
                continue;
            }

            var lowest = standing.Min(c => c.Deployment.Config.Priority);
            var expected = standing.Where(c => c.Deployment.Config.Priority == lowest).ToDictionary(c => c.Name, c => c.Deployment.Config.Weight);

            var picks = Enumerable.Range(0, Picks).Select(_ => Next(route, random).Candidate!.Name).CountBy(name => name).ToDictionary();

            Assert.Equal(expected.Keys.Order(), picks.Keys.Order());
            foreach (var (name, weight) in expected)
            {
                // Five standard deviations: with a fixed seed this is decided once and for all.
                var share = (double)weight / expected.Values.Sum();
                var tolerance = 5 * Math.Sqrt(Picks * share * (1 - share)) + 1;
                Assert.InRange(picks[name], (Picks * share) - tolerance, (Picks * share) + tolerance);
            }
        }
    }

    [Fact]
    public void EachDeployment_IsTriedOnce_LowestPriorityFirst()
    {
        var route = _lab.Route((1, 2), (5, 1), (1, 1), (1, 0));
        var random = new Random(1);
        var tried = 0UL;
        var order = new List<int>();

        while (DeploymentPicker.Next(route, tried, anyway: false, random, _lab.Now) is { Candidate: not null } choice)
        {
            tried |= 1UL << choice.Index;
            order.Add(choice.Candidate.Deployment.Config.Priority);
        }

        Assert.Equal([0, 1, 1, 2], order);
    }

    [Fact]
    public void WhenAllCoolDown_TheLeastBadIsTried_AndOnlyAsTheFirst()
    {
        var route = _lab.Route((1, 0), (1, 1), (1, 2));
        route.Candidates[0].Health.Failed(ErrorCodes.UpstreamRateLimited, TimeSpan.FromSeconds(50), wasTrial: false);
        route.Candidates[1].Health.Failed(ErrorCodes.UpstreamRateLimited, TimeSpan.FromSeconds(10), wasTrial: false);
        route.Candidates[2].Health.Failed(ErrorCodes.UpstreamRateLimited, TimeSpan.FromSeconds(30), wasTrial: false);

        var choice = Next(route, new Random(1));

        Assert.Equal((1, TelemetryNames.Choice.LastResort, 0b101UL), (choice.Index, choice.Reason, choice.Cooling));
        Assert.Null(DeploymentPicker.Next(route, 1UL << 1, anyway: false, new Random(1), _lab.Now).Candidate);
    }

    [Fact]
    public void TheOnlyDeployment_IsNeverTakenAway()
    {
        var route = _lab.Route((1, 0));
        Cool(route.Candidates);

        Assert.Equal((0, TelemetryNames.Choice.LastResort), (Next(route, new Random(1)).Index, Next(route, new Random(1)).Reason));
    }

    [Fact]
    public async Task OneThatIsFree_GoesBeforeOneWhoseProviderIsAtItsLimit_InTheSamePriority()
    {
        var route = _lab.Route((100, 0), (1, 0), (1, 1));
        var gate = route.Candidates[0].Health.Provider.Gate;
        gate.Follow(1);
        Assert.True(await gate.EnterAsync(ChatPriority.Interactive, TimeSpan.Zero, CancellationToken.None));

        var choice = Next(route, new Random(1));

        Assert.Equal((1, 1UL), (choice.Index, choice.Busy));
    }

    [Fact]
    public void TheReason_SaysHowItWasChosen()
    {
        var random = new Random(1);

        Assert.Equal(TelemetryNames.Choice.Only, Next(_lab.Route((1, 0)), random).Reason);
        Assert.Equal(TelemetryNames.Choice.Priority, Next(_lab.Route((1, 0), (1, 1)), random).Reason);
        Assert.Equal(TelemetryNames.Choice.Weight, Next(_lab.Route((1, 0), (1, 0)), random).Reason);
        var trial = _lab.Route((1, 0), (1, 1));
        Cool(trial.Candidates[0]);
        _lab.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal((TelemetryNames.Choice.Trial, true), (Next(trial, random).Reason, trial.Candidates[0].Health.Report().Until is null));
    }

    [Fact]
    public async Task Of64RacingRequests_ExactlyOneTriesADeploymentWhoseCooldownHasEnded()
    {
        for (var round = 0; round < 200; round++)
        {
            var route = _lab.Route((1000, 0), (1, 1));
            Cool(route.Candidates[0]);
            _lab.Clock.Advance(TimeSpan.FromSeconds(5));
            using var start = new Barrier(4);

            var choices = await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Factory.StartNew(
                () =>
                {
                    start.SignalAndWait(TestContext.Current.CancellationToken);
                    var random = new Random(worker);
                    return Enumerable.Range(0, 16).Select(_ => Next(route, random)).ToArray();
                },
                TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

            Assert.Equal((1, 63), (choices.SelectMany(c => c).Count(c => c is { Index: 0, IsTrial: true }), choices.SelectMany(c => c).Count(c => c is { Index: 1, IsTrial: false })));
        }
    }

    [Fact]
    public void Choosing_AllocatesNothing()
    {
        var route = _lab.Route((1, 0), (3, 0), (1, 1));
        var random = new Random(1);
        Next(route, random);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            Next(route, random);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Cool(params Candidate[] candidates)
    {
        foreach (var candidate in candidates)
        {
            candidate.Health.Failed(ErrorCodes.UpstreamError, null, wasTrial: false);
        }
    }

    private Choice Next(ModelRoute route, Random random) => DeploymentPicker.Next(route, 0, anyway: true, random, _lab.Now);
}
