namespace ChatModels.ServiceDefaults.Telemetry;

/// <summary>Whether telemetry arrives where it is sent. The SDK tells nobody: without this a wrong endpoint looks like a service that nothing happens in.</summary>
internal sealed class Delivery(TimeProvider time)
{
    /// <summary>How long exports fail before it is told: collectors start after services, stop before them, and are restarted.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private Action<string?>? _told;
    private long? _failingSince;
    private string? _toldTrouble;

    /// <summary>Calls <paramref name="told"/> with a trouble when it lasts, and with null when it is over. One trouble after another is one trouble.</summary>
    public void Follow(Action<string?> told)
    {
        lock (_gate)
        {
            _told = told;
        }
    }

    public void Delivered()
    {
        lock (_gate)
        {
            _failingSince = null;
            if (_toldTrouble is not null)
            {
                _toldTrouble = null;
                _told?.Invoke(null);
            }
        }
    }

    public void Failed(string reason)
    {
        lock (_gate)
        {
            _failingSince ??= time.GetTimestamp();
            if (_toldTrouble is null && _told is not null && time.GetElapsedTime(_failingSince.Value) >= Grace)
            {
                _toldTrouble = reason;
                _told(reason);
            }
        }
    }
}
