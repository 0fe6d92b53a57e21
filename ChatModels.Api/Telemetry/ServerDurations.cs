using System.Diagnostics.Metrics;
using ChatModels.Chat;
using ChatModels.Telemetry;

namespace ChatModels.Api.Telemetry;

/// <summary>
/// Records <c>http.server.request.duration</c> for the endpoints that have <see cref="ServerDurationTags"/>, on ASP.NET Core's own instrument and as it would, but what
/// went well many at once: recorded one by one, these took some 5 % of a request's processor time under load.
/// </summary>
internal sealed class ServerDurations : IDisposable
{
    private readonly MeterListener _instruments = new();
    private readonly MetricBuffer _buffer;
    private readonly TimeProvider _time;
    private volatile Histogram<double>? _duration;

    public ServerDurations(IMeterFactory meters, MetricBuffer buffer, TimeProvider time)
    {
        (_buffer, _time) = (buffer, time);

        // Only listeners are told of the framework's instrument. Each host has one.
        _instruments.InstrumentPublished = (instrument, _) =>
        {
            if (instrument is Histogram<double> { Name: TelemetryNames.HttpServer.Duration, Meter.Name: "Microsoft.AspNetCore.Hosting" } found && ReferenceEquals(found.Meter.Scope, meters))
            {
                _duration = found;
            }
        };
        _instruments.Start();
    }

    /// <summary>When a request begins, by the monotonic clock; 0 where nobody listens.</summary>
    public long Begin() => _duration is { Enabled: true } ? _time.GetTimestamp() : 0;

    /// <summary>Called when a request has been answered.</summary>
    /// <param name="http">The request.</param>
    /// <param name="began">What <see cref="Begin"/> said.</param>
    public void End(HttpContext http, long began)
    {
        if (began == 0 || _duration is not { } duration || http.GetEndpoint()?.Metadata.GetMetadata<ServerDurationTags>() is not { } known)
        {
            return;
        }

        var now = _time.GetTimestamp();
        var (tags, took) = (known.Of(http), _time.GetElapsedTime(began, now).TotalSeconds);
        if (_buffer.IsOn && http.Response.StatusCode < 400)
        {
            _buffer.Duration(duration, tags, took, now);
        }
        else
        {
            duration.Record(took, tags);
        }
    }

    public void Dispose() => _instruments.Dispose();
}
