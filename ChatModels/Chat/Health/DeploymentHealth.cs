namespace ChatModels.Chat.Health;

/// <summary>What this process has seen of one deployment: it cools down when it keeps failing, and one trial decides when it is back.</summary>
/// <remarks>Safe for any number of threads. While all is well, asking and telling take no lock and allocate nothing.</remarks>
internal sealed class DeploymentHealth(DeploymentKey key, ProviderState provider, CooldownSettings settings, HealthLog log, TimeProvider time)
{
    private const long Closed = 0;

    private readonly Lock _lock = new();
    private long _until = Closed; // By the monotonic clock; a cooldown that has ended and was tried by nobody keeps its time.
    private bool _asked;
    private int _trial;
    private int _series;
    private int _level;
    private long _lastFailure;
    private string? _reason;
    private long _attempts;
    private int _underWay;
    private long _failures;

    public DeploymentKey Key => key;

    public ProviderState Provider => provider;

    /// <summary>How many attempts are under way.</summary>
    public int UnderWay => Volatile.Read(ref _underWay);

    public void Begin() => Interlocked.Increment(ref _underWay);

    public void End() => Interlocked.Decrement(ref _underWay);

    public Availability At(long now)
    {
        if (provider.IsDown(now))
        {
            return Availability.Cooling;
        }

        var until = Volatile.Read(ref _until);
        return until == Closed ? Availability.Ready
            : now < until || Volatile.Read(ref _trial) != 0 ? Availability.Cooling
            : Availability.HalfOpen;
    }

    /// <summary>How bad it would be to try it in spite of everything: the least is the best.</summary>
    public long Badness(long now)
    {
        var until = Math.Max(Volatile.Read(ref _until), provider.DownUntil(now));
        return until <= now && Volatile.Read(ref _trial) != 0 ? long.MaxValue : until;
    }

    /// <summary>How long the provider wants to be left alone yet; null where it does not ask for that, or where something else is wrong as well.</summary>
    public TimeSpan? AskedWait(long now)
    {
        lock (_lock)
        {
            return _until == Closed || !_asked || provider.IsDown(now) ? null : TimeSpan.Zero.OrLonger(time.GetElapsedTime(now, _until));
        }
    }

    /// <summary>Takes the one place that a cooldown's end gives; whoever has it must end it.</summary>
    public bool TryBeginTrial(long now)
    {
        if (Interlocked.CompareExchange(ref _trial, 1, 0) != 0)
        {
            return false;
        }

        // Another's trial may have ended since this one was thought possible, and have decided.
        if (Volatile.Read(ref _until) is var until && until != Closed && until <= now)
        {
            return true;
        }

        EndTrial();
        return false;
    }

    public void EndTrial() => Volatile.Write(ref _trial, 0);

    public void Attempted() => Interlocked.Increment(ref _attempts);

    /// <summary>Takes it back: nothing was sent.</summary>
    public void NotAttempted() => Interlocked.Decrement(ref _attempts);

    /// <summary>It has answered: whatever it is cooling for is over.</summary>
    public void Answered()
    {
        provider.Answered();
        if (Volatile.Read(ref _until) != Closed)
        {
            Close("an answer");
        }
    }

    /// <summary>A request ended well: a series of failures ends.</summary>
    public void Succeeded()
    {
        Answered();
        if (Volatile.Read(ref _series) != 0)
        {
            lock (_lock)
            {
                _series = 0;
            }
        }
    }

    /// <summary>It failed. Only the last of a series, or a trial, begins a cooldown; of two the later deadline wins.</summary>
    public void Failed(string reason, TimeSpan? retryAfter, bool wasTrial)
    {
        TimeSpan length;
        bool isNews;
        lock (_lock)
        {
            var now = time.GetTimestamp();
            _failures++;
            _series = _series > 0 && time.GetElapsedTime(_lastFailure, now) > CooldownSettings.SeriesGap ? 1 : _series + 1;
            _lastFailure = now;
            var wish = retryAfter is { } asked ? CooldownSettings.Wish(asked) : (TimeSpan?)null;
            var own = wasTrial || (_until == Closed && _series >= settings.Failures) ? settings.Length(_level++) : (TimeSpan?)null;
            if (wish is null && own is null)
            {
                return;
            }

            length = (wish ?? TimeSpan.Zero).OrLonger(own ?? TimeSpan.Zero);
            var until = time.TimestampAfter(length);
            if (until <= _until)
            {
                return;
            }

            isNews = _until < now;
            (_asked, _reason) = (wish is not null && length == wish, reason);
            Volatile.Write(ref _until, Math.Max(until, 1));
        }

        if (isNews)
        {
            log.Cooling(key, reason, length);
        }
    }

    /// <summary>A probe reached the provider: a cooldown because it could not be reached has no reason any more.</summary>
    public void Reached()
    {
        if (Volatile.Read(ref _until) != Closed && _reason == ErrorCodes.UpstreamUnreachable)
        {
            Close("a probe");
        }
    }

    /// <summary>Its provider is another connection now: what was held against it is no longer true.</summary>
    public void Forget() => Close("a new configuration");

    public HealthReport Report()
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            var down = provider.DownUntil(now);
            var until = Math.Max(_until, down);
            return new HealthReport
            {
                Availability = At(now),
                Reason = until == Closed ? null : down > _until ? ErrorCodes.ProviderUnhealthy : _reason,
                Until = until > now ? time.GetUtcNow() + time.GetElapsedTime(now, until) : null,
                Attempts = Volatile.Read(ref _attempts),
                Failures = _failures,
                ConsecutiveFailures = _series,
            };
        }
    }

    private void Close(string by)
    {
        lock (_lock)
        {
            if (_until == Closed)
            {
                _series = 0;
                return;
            }

            (_asked, _reason, _series, _level) = (false, null, 0, 0);
            Volatile.Write(ref _until, Closed);
        }

        log.Recovered(key, by);
    }
}

/// <summary>Which deployment: as long as these three stay, whatever is known of it stays.</summary>
internal readonly record struct DeploymentKey(string Model, string Provider, string UpstreamModel);
