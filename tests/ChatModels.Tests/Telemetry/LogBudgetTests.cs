using ChatModels.Telemetry;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ChatModels.Tests.Telemetry;

public sealed class LogBudgetTests
{
    [Fact]
    public void LinesOverTheBudget_AreCounted_AndToldWithTheNextOne()
    {
        var time = new FakeTimeProvider();
        var budget = new LogBudget(time);

        var taken = Enumerable.Range(0, 1_000).Count(_ => budget.TryTake(out var unlogged) && unlogged == 0);
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(LogBudget.LinesPerSecond, taken);
        Assert.True(budget.TryTake(out var left));
        Assert.Equal(1_000 - LogBudget.LinesPerSecond, left);
        Assert.True(budget.TryTake(out left));
        Assert.Equal(0, left);
    }
}
