package dev.espalier.pruning.calibrated;

/// Products as they are defined, summed in double precision.
final class PlainProducts implements Products {
    @Override
    public float[] multiply(float[] a, float[] b, int m, int k, int n) {
        float[] c = new float[m * n];
        for (int i = 0; i < m * n; i++) {
            double sum = 0;
            for (int l = 0; l < k; l++) {
                sum += (double) a[i / n * k + l] * b[l * n + i % n];
            }
            c[i] = (float) sum;
        }
        return c;
    }

    @Override
    public double[] multiply(double[] a, double[] b, int m, int k, int n) {
        double[] c = new double[m * n];
        for (int i = 0; i < m * n; i++) {
            for (int l = 0; l < k; l++) {
                c[i] += a[i / n * k + l] * b[l * n + i % n];
            }
        }
        return c;
    }

    @Override
    public float[] multiplyTransposed(float[] a, float[] b, int m, int k, int n) {
        float[] transposed = new float[m * k];
        for (int i = 0; i < m; i++) {
            for (int l = 0; l < k; l++) {
                transposed[i * k + l] = a[l * m + i];
            }
        }
        return multiply(transposed, b, m, k, n);
    }

    @Override
    public double[] multiplyTransposed(double[] a, double[] b, int m, int k, int n) {
        double[] c = new double[m * n];
        for (int i = 0; i < m * n; i++) {
            for (int l = 0; l < k; l++) {
                c[i] += a[l * m + i / n] * b[l * n + i % n];
            }
        }
        return c;
    }
}
