namespace ChatModels.ServiceDefaults.Telemetry;

/// <summary>Whether telemetry arrives where it is sent. The SDK tells nobody: without this a wrong endpoint looks like a service that nothing happens in.</summary>
internal sealed class Delivery
{
    private readonly Lock _gate = new();
    private Action<string?>? _told;
    private string? _trouble;

    /// <summary>Calls <paramref name="told"/> with each trouble when it begins, one that is there already too, and with null when it is over.</summary>
    public void Follow(Action<string?> told)
    {
        lock (_gate)
        {
            _told = told;
            if (_trouble is not null)
            {
                told(_trouble);
            }
        }
    }

    public void Delivered() => Change(null);

    public void Failed(string reason) => Change(reason);

    // One trouble after another is still the same outage.
    private void Change(string? trouble)
    {
        lock (_gate)
        {
            if (trouble is null == _trouble is null)
            {
                return;
            }

            _trouble = trouble;
            _told?.Invoke(trouble);
        }
    }
}
