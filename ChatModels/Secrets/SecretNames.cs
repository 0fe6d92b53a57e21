namespace ChatModels.Secrets;

/// <summary>The secrets that somebody holds, by name. Those that nobody holds any longer make room when the table has doubled.</summary>
internal sealed class SecretNames
{
    internal const int SweepAtLeast = 256;
    private readonly Dictionary<string, WeakReference<Secret>> _secrets = new(StringComparer.Ordinal);
    private int _sweepAt = SweepAtLeast;

    public int Count => _secrets.Count;

    public Secret? Find(string name) => _secrets.TryGetValue(name, out var reference) && reference.TryGetTarget(out var secret) ? secret : null;

    public Secret Add(Secret secret)
    {
        if (_secrets.Count >= _sweepAt)
        {
            Sweep();
            _sweepAt = Math.Max(SweepAtLeast, 2 * _secrets.Count);
        }

        _secrets[secret.Name] = new WeakReference<Secret>(secret);
        return secret;
    }

    public IEnumerable<Secret> All()
    {
        foreach (var reference in _secrets.Values)
        {
            if (reference.TryGetTarget(out var secret))
            {
                yield return secret;
            }
        }
    }

    private void Sweep()
    {
        foreach (var (name, reference) in _secrets)
        {
            if (!reference.TryGetTarget(out _))
            {
                _secrets.Remove(name);
            }
        }
    }
}
