using ChatModels.Chat;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ChatModels.Tests.Chat;

public sealed class RestingTimerTests : IDisposable
{
    private readonly CountingTime _time = new();
    private readonly RestingTimer _timer;
    private int _expired;

    public RestingTimerTests() => _timer = new RestingTimer(_time, () => _expired++);

    [Theory]
    [InlineData(999, 0)]
    [InlineData(1_000, 1)]
    public void Started_ExpiresWhenItsTimeIsOver(int milliseconds, int expired)
    {
        _timer.Start(TimeSpan.FromSeconds(1));

        Advance(milliseconds);

        Assert.Equal(expired, _expired);
        Assert.Equal(expired == 0, _timer.Stop());
    }

    [Fact]
    public void Stopped_NeverExpires()
    {
        _timer.Start(TimeSpan.FromSeconds(1));
        Advance(500);

        Assert.True(_timer.Stop());
        Advance(60_000);

        Assert.Equal(0, _expired);
        Assert.True(_timer.Stop());
    }

    [Fact]
    public void StartedAnewAndAnew_ExpiresByTheLastStartAlone_AndSetsTheClocksTimerHardlyEver()
    {
        for (var i = 0; i < 1_000; i++)
        {
            _timer.Start(TimeSpan.FromSeconds(1));
            Advance(10);
            _timer.Stop();
        }

        Assert.Equal(0, _expired);
        Assert.InRange(_time.Sets, 1, 12); // Ten seconds have passed.

        _timer.Start(TimeSpan.FromSeconds(1));
        Advance(999);
        Assert.Equal(0, _expired);
        Advance(1);
        Assert.Equal(1, _expired);
    }

    [Fact]
    public void StartedForLess_ExpiresEarlier()
    {
        _timer.Start(TimeSpan.FromMinutes(1));
        _timer.Start(TimeSpan.FromMilliseconds(10));

        Advance(10);

        Assert.Equal(1, _expired);
    }

    [Fact]
    public void StartedForMore_WhileTheClocksTimerRuns_ExpiresNotBeforeThat()
    {
        _timer.Start(TimeSpan.FromMilliseconds(10));
        _timer.Start(TimeSpan.FromMilliseconds(25.5));

        Advance(25);
        Assert.Equal(0, _expired);

        Advance(1);
        Assert.Equal(1, _expired);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    public void Started_WithAnEndForEverything_ExpiresThen(int milliseconds)
    {
        var ends = _time.GetTimestamp() + (_time.TimestampFrequency * milliseconds / 1_000);
        _timer.Start(TimeSpan.FromMinutes(1), ends);

        Advance(milliseconds - 1);
        Assert.Equal(0, _expired);

        Advance(1);
        Assert.Equal(1, _expired);
    }

    [Fact]
    public void OnceExpired_StartsNoMore()
    {
        _timer.Start(TimeSpan.FromMilliseconds(10));
        Advance(10);

        _timer.Start(TimeSpan.FromMilliseconds(10));
        Advance(1_000);

        Assert.Equal(1, _expired);
    }

    public void Dispose() => _timer.Dispose();

    private void Advance(int milliseconds) => _time.Advance(TimeSpan.FromMilliseconds(milliseconds));

    private sealed class CountingTime : TimeProvider
    {
        private readonly FakeTimeProvider _inner = new();

        public int Sets { get; private set; }

        public override long TimestampFrequency => _inner.TimestampFrequency;

        public override long GetTimestamp() => _inner.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            new CountedTimer(this, _inner.CreateTimer(callback, state, dueTime, period));

        public void Advance(TimeSpan time) => _inner.Advance(time);

        private sealed class CountedTimer(CountingTime time, ITimer inner) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period)
            {
                time.Sets++;
                return inner.Change(dueTime, period);
            }

            public void Dispose() => inner.Dispose();

            public ValueTask DisposeAsync() => inner.DisposeAsync();
        }
    }
}
