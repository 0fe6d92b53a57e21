using ChatModels.Api.Wire;
using ChatModels.Batches;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ChatModels.Api.Tests.Batches;

/// <summary>The rate and the estimate, by a clock that stands still unless it is moved.</summary>
public sealed class BatchProgressViewTests
{
    private const int Lines = 1_000;

    private readonly FakeTimeProvider _time = new();
    private readonly BatchRate _rate;

    public BatchProgressViewTests() => _rate = new BatchRate(_time);

    [Fact]
    public void AtFirst_ThereIsNoRate_AndNoEstimate() => Assert.Equal((null, null), After(0, 0));

    [Fact]
    public void AtASteadyRate_TheEstimateIsWhatIsLeftOverTheRate()
    {
        After(0, 0);
        foreach (var second in Enumerable.Range(1, 20))
        {
            Assert.Equal((40, (Lines - (40 * second)) / 40), After(1, 40 * second));
        }

        Assert.Equal((38.5, 5), After(1, 825)); // 175 lines are left: 4.5 seconds, told as five.
    }

    [Fact]
    public void WhileNoLineIsDone_TheRateIsZero_AndThereIsNoEstimate()
    {
        After(0, 0);

        Assert.All(Enumerable.Range(0, 30), _ => Assert.Equal((0, null), After(1, 0)));
    }

    [Fact]
    public void InAPause_TheRateFallsToZero_AndTheEstimateGrowsAndGoes()
    {
        After(0, 0);
        foreach (var second in Enumerable.Range(1, 10))
        {
            After(1, 50 * second);
        }

        Assert.Equal([(45, 12), (40, 13), (35, 15), (30, 17), (25, 20), (20, 25), (15, 34), (10, 50), (5, 100), (0, null), (0, null)], Enumerable.Range(0, 11).Select(_ => After(1, 500)));
        Assert.Equal((5, 90), After(1, 550));
    }

    [Fact]
    public void AfterALossOfResults_TheRateIsNotNegative()
    {
        After(0, 500);

        Assert.Equal((0, null), After(1, 400));
    }

    [Theory]
    [InlineData("validating")]
    [InlineData("finalizing")]
    [InlineData("cancelling")]
    [InlineData("completed")]
    public void ABatchThatIsNotInProgress_HasNoEstimate(string status)
    {
        After(0, 0);
        var state = InProgress;
        state = status switch
        {
            "validating" => state with { Started = null },
            "finalizing" => state with { Closing = new ClosingStep(_time.GetUtcNow(), BatchClosing.Done) },
            "cancelling" => state with { Closing = new ClosingStep(_time.GetUtcNow(), BatchClosing.Cancelled) },
            _ => state with { Closing = new ClosingStep(_time.GetUtcNow(), BatchClosing.Done), Ended = new EndedStep(_time.GetUtcNow(), Lines, 0, "file-1", null) },
        };
        _time.Advance(TimeSpan.FromSeconds(1));
        _rate.Note(Lines);

        var view = BatchProgressView.Of(new BatchProgress(state, Lines, 0, Lines), _rate);

        Assert.Equal((status, 1_000, null), (view.Status, view.LinesPerSecond, view.SecondsLeft));
    }

    private BatchState InProgress => new(
        new BatchRecord { Id = "batch_1", InputFile = "file-0", Endpoint = "/v1/chat/completions", Window = "24h", CreatedAt = _time.GetUtcNow(), ExpiresAt = _time.GetUtcNow() },
        new StartedStep(_time.GetUtcNow(), Lines, 16),
        null,
        null);

    private (double? PerSecond, long? Left) After(int seconds, int answered)
    {
        _time.Advance(TimeSpan.FromSeconds(seconds));
        _rate.Note(answered);
        var view = BatchProgressView.Of(new BatchProgress(InProgress, answered, 0, answered), _rate);
        return (view.LinesPerSecond, view.SecondsLeft);
    }
}
