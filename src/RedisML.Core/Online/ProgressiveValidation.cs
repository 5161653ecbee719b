namespace RedisML.Online;

/// <summary>How good predictions were, each made before its sample was learned: of all samples, and of those of the window.</summary>
/// <remarks>Blum, Kalai and Langford, "Beating the hold-out" (1999).</remarks>
struct ProgressiveValidation
{
    public long Count;

    /// <summary>Σ loss: squared error, Poisson deviance or log loss.</summary>
    public double Loss;

    /// <summary>Σ error: 1 for a wrong class, the absolute error of a number.</summary>
    public double Error;

    public long WindowCount;
    public double WindowLoss;
    public double WindowError;

    public void Add(double loss, double error)
    {
        Count++;
        WindowCount++;
        Loss += loss;
        WindowLoss += loss;
        Error += error;
        WindowError += error;
    }

    public void StartWindow() => (WindowCount, WindowLoss, WindowError) = (0, 0, 0);
}
