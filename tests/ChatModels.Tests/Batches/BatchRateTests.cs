using ChatModels.Batches;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ChatModels.Tests.Batches;

public sealed class BatchRateTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void TheRate_IsThatOfTheLastTenSeconds()
    {
        var rate = new BatchRate(_time);
        rate.Note(0);
        Assert.Null(rate.PerSecond);

        foreach (var lines in new[] { 100, 200, 300 })
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            rate.Note(lines);
        }

        Assert.Equal(100, rate.PerSecond);
        _time.Advance(TimeSpan.FromSeconds(9));
        rate.Note(750);
        Assert.Equal(55, rate.PerSecond);
        _time.Advance(TimeSpan.FromSeconds(10));
        rate.Note(750);
        Assert.Equal(0, rate.PerSecond);
    }
}
